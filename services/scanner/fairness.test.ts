import { afterEach, expect, test } from '@jest/globals';
import Type from 'typebox';
import { MemoryJobs } from '../../lib/memory-jobs.ts';
import type { Coverage, Unit } from '../../lib/resource.ts';
import { until } from '../../test/support/until.ts';
import type { Memory } from './memory.ts';
import type { Provider } from './provider.ts';
import { scannerTopic } from './scanner.contract.ts';
import { testParts } from './testing.ts';
import { Units } from './units.ts';

const regions = ['r1', 'r2', 'r3', 'r4'];
const closes: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
});

/** Scanners of a provider where the listings of one account do not come to an end, as those of 300,000 log groups. */
function scanners(concurrency: number) {
  const parts = testParts();
  const observed: string[] = [];
  let listing = 0;
  const list = async ({ unit, signal }: { unit: Unit; signal: AbortSignal }): Promise<{ items: string[] }> => {
    if (unit.account !== 'huge') return { items: ['a'] };
    listing += 1;
    return new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }),
    );
  };
  const empty = { name: '', status: '', tags: {}, created_at: '', refs: [], fields: {}, metadata: {} };
  const type = {
    type: 'thing',
    title: 'Thing',
    service: 'x',
    global: false,
    actions: [],
    fields: Type.Object({}),
    list,
    map: (id: string) => ({ id, ...empty }),
  };
  const provider = {
    name: 'test',
    types: new Map([['thing', type]]),
    regions,
    open: async (unit: Unit, signal: AbortSignal) => ({ unit, signal }),
    explain: async (error: unknown) => error,
  } as unknown as Provider;
  const memory = {
    known: async () => ({ entries: [], baseline: true }),
    conclude: async ({ unit }: { unit: Unit }) => {
      observed.push(unit.account);
      return {} as Coverage;
    },
  } as unknown as Memory;
  const jobs = new MemoryJobs();
  const units = new Units({
    cloud: { concurrency, unitTimeoutMs: 600_000 },
    jobs,
    log: parts.log,
    regions,
    scan: { ...parts, provider, memory, timeoutMs: 600_000 },
    onGivenUp: () => {},
  });
  units.start();
  closes.push(async () => {
    await units.close(1);
    await jobs.close();
  });
  const publish = (account: string, region: string, scan: string) =>
    jobs.publish(
      scannerTopic(region),
      { scan, unit: { account, region, type: 'thing' } },
      { id: `${scan}/${account}/${region}` },
    );
  return { publish, observed, listing: () => listing };
}

test('one account whose units take for ever does not hold up the others, whichever comes first', async () => {
  const { publish, observed, listing } = scanners(4);
  await publish('first', 'r1', 's');
  // Several types and scans of the huge account come before all others.
  for (const scan of ['a', 'b', 'c', 'd']) for (const region of regions) await publish('huge', region, scan);
  for (let i = 0; i < 30; i++) for (const region of regions) await publish(`small${i}`, region, 's');
  const others = 1 + 30 * regions.length;
  await until(() => observed.length >= others);
  expect(observed).toHaveLength(others);
  expect(observed).not.toContain('huge');
  expect(listing()).toBe(3);
});
