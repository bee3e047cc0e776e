import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Checkpoints, Kept, Part } from '../../lib/checkpoints.ts';
import { elavaError } from '../../lib/errors.ts';
import { ScanMemory } from '../../test/support/scan-memory.ts';
import type { Provider } from './provider.ts';
import { type ScanParts, scanUnit } from './scan.ts';
import { testParts } from './testing.ts';

const unit = { account: '111111111111', region: 'eu-west-1', type: 'log_group' };
const pages = 30;
const onPage = 50;
let memory: ScanMemory;
beforeAll(async () => {
  memory = await ScanMemory.open();
});
beforeEach(async () => {
  job = { scan: 's1', unit };
  await memory.reset();
});
afterAll(() => memory.close());

/** As the processes of a cluster share them, without the way there (test/cluster/checkpoints.nats.ts). */
function kept(): Checkpoints & { readonly all: Map<string, Kept> } {
  const all = new Map<string, Kept>();
  return {
    all,
    load: async (key) => all.get(key),
    async add(key: string, part: Part) {
      all.set(key, { ...part, ids: [...(all.get(key)?.ids ?? []), ...part.ids] });
    },
    async clear(key) {
      all.delete(key);
    },
  };
}

/** A listing of 30 pages. `asked` is what was asked for; `page` may throw. */
function listing(asked: number[], page: (n: number) => void = () => {}): ScanParts['provider'] {
  const type = {
    type: 'log_group',
    volatile: [],
    async list(_: unknown, token: string | undefined) {
      const n = Number(token ?? 0);
      asked.push(n);
      page(n);
      const items = Array.from({ length: onPage }, (_, i) => n * onPage + i);
      return { items, next: n + 1 < pages ? String(n + 1) : undefined };
    },
    map: (n: number) => ({
      id: `arn:aws:logs:eu-west-1:111111111111:log-group:g${n}`,
      name: `g${n}`,
      status: '',
      tags: {},
      created: undefined,
      refs: [],
      fields: {},
      metadata: {},
    }),
  };
  const provider = {
    name: 'aws',
    types: new Map([['log_group', type]]),
    open: async () => ({}),
    explain: async (e: unknown) => e,
  };
  return provider as unknown as Provider;
}

let job = { scan: 's1', unit };
const scan = (provider: ScanParts['provider'], checkpoints: Checkpoints, signal = new AbortController().signal) =>
  scanUnit(job, { ...testParts(), provider, memory, timeoutMs: 20_000, checkpoints, checkpointEvery: 200 }, signal);

test('a scan that was cut off goes on where it was, and takes nothing for gone', async () => {
  const checkpoints = kept();
  const stop = new AbortController();
  const first = scan(
    listing([], (n) => n === 14 && stop.abort()),
    checkpoints,
    stop.signal,
  );
  await expect(first).rejects.toMatchObject({ type: 'CANCELLED' });
  expect(memory.coverage).toEqual([]);
  const asked: number[] = [];
  const coverage = await scan(listing(asked), checkpoints);
  expect(asked[0]).toBeGreaterThanOrEqual(8);
  expect(coverage).toMatchObject({ state: 'complete', count: pages * onPage, gone: 0 });
  expect((await memory.live(unit)).length).toBe(pages * onPage);
  expect(checkpoints.all.size).toBe(0);
  // The next scan begins at the beginning.
  job = { scan: 's2', unit };
  const again: number[] = [];
  expect(await scan(listing(again), checkpoints)).toMatchObject({ state: 'complete', changed: 0, gone: 0 });
  expect(again[0]).toBe(0);
});

test('a token that is too old makes it begin anew', async () => {
  const checkpoints = kept();
  const stop = new AbortController();
  const first = scan(
    listing([], (n) => n === 14 && stop.abort()),
    checkpoints,
    stop.signal,
  );
  await expect(first).rejects.toMatchObject({ type: 'CANCELLED' });
  const asked: number[] = [];
  const expired = listing(asked, (n) => {
    if (asked.length === 1 && n > 0) throw elavaError('AWS_SERVICE_ERROR', 'the token is too old');
  });
  expect(await scan(expired, checkpoints)).toMatchObject({ state: 'complete', count: pages * onPage, gone: 0 });
  expect(asked.slice(1, 3)).toEqual([0, 1]);
});

test('what could not be read before the checkpoint is still missing after it', async () => {
  const checkpoints = kept();
  await checkpoints.add('s1/111111111111/eu-west-1/log_group', {
    token: '10',
    ids: [],
    anyWhole: true,
    gapCode: 'AWS_ACCESS_DENIED',
    gapMessage: 'no',
  });
  expect(await scan(listing([]), checkpoints)).toMatchObject({ state: 'partial', error: 'AWS_ACCESS_DENIED' });
});
