/** AWS says that there is nothing, with HTTP 200: an empty answer is what a broken listing looks like. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createWorld } from '../../loadtest/aws/world/world.ts';
import { ScanRig } from '../../test/support/scan-rig.ts';

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
}, 60_000);
