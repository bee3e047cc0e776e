/** AWS says that there is nothing, with HTTP 200: an empty answer is what a broken listing looks like. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createWorld } from '../../loadtest/aws/world/world.ts';
import { ScanRig } from '../../test/support/scan-rig.ts';
import type { Memory } from './memory.ts';
import { scanUnit } from './scan.ts';
import { testParts } from './testing.ts';

const many = 500;
const vanish = { kind: 'vanish', action: 'ec2:DescribeSnapshots' } as const;
let rig: ScanRig;
beforeAll(async () => {
  rig = await ScanRig.start(
    createWorld({ accounts: 1, regions: ['us-east-1'], types: ['snapshot'], resources: { snapshot: many } }),
  );
});
afterEach(() => rig.simulator.faults.clear());
afterAll(() => rig.close());

test.each([
  { length: 100, named: 40_000 },
  { length: 20, named: 100_000 },
])('of very many that vanished with ids of $length characters, one observation names $named', async (size) => {
  await rig.begin();
  const entries = Array.from({ length: size.named + 2000 }, (_, i) => ({
    id: `${i}`.padStart(size.length, 'x'),
    hash: '0'.repeat(16),
  }));
  const named: string[] = [];
  const memory: Memory = {
    ...rig.memory,
    known: async () => ({ entries, baseline: false }),
    conclude: async ({ absent, ...last }) => {
      named.push(...absent);
      return rig.memory.conclude({ ...last, absent: [] });
    },
  };
  const { provider } = rig;
  const { signal } = new AbortController();
  const job = { scan: 'many', unit: rig.own('snapshot') };
  await scanUnit(job, { ...testParts(), provider, memory, timeoutMs: 60_000 }, signal);
  expect(named).toEqual(entries.slice(0, size.named).map(({ id }) => id));
});

const live = async (): Promise<number> => (await rig.memory.live(rig.own('snapshot'))).length;

test('0 of 500 with HTTP 200: nothing disappears until a second complete scan agrees', async () => {
  await rig.begin();
  const unit = rig.own('snapshot');
  expect(await rig.scan(unit)).toMatchObject({ state: 'complete', count: many });

  rig.simulator.faults.add([vanish]);
  expect(await rig.scan(unit)).toMatchObject({ state: 'complete', count: 0, gone: 0, held: many });
  expect(await live()).toBe(many);

  // One that sees them again releases them all.
  rig.simulator.faults.clear();
  expect(await rig.scan(unit)).toMatchObject({ state: 'complete', count: many, gone: 0, held: 0, changed: 0 });

  rig.simulator.faults.add([vanish]);
  expect(await rig.scan(unit)).toMatchObject({ gone: 0, held: many });
  // One that fails agrees with nothing.
  rig.simulator.faults.add([{ kind: 'deny', action: 'ec2:DescribeSnapshots', times: 1 }]);
  await rig.scan(unit);
  expect(await live()).toBe(many);
  expect(await rig.scan(unit)).toMatchObject({ state: 'complete', count: 0, gone: many, held: 0 });
  expect(await live()).toBe(0);
});
