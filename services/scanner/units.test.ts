import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import Type from 'typebox';
import { elavaError } from '../../lib/errors.ts';
import { MemoryJobs } from '../../lib/memory-jobs.ts';
import type { Unit } from '../../lib/resource.ts';
import { ScanMemory } from '../../test/support/scan-memory.ts';
import type { Memory } from './memory.ts';
import type { Provider } from './provider.ts';
import { scannerTopic } from './scanner.contract.ts';
import { testParts } from './testing.ts';
import { Units, type UnitsOptions } from './units.ts';

const unit = (account: string): Unit => ({ account, region: 'r', type: 'thing' });
const closes: (() => Promise<void>)[] = [];
let kept: ScanMemory;
beforeAll(async () => {
  kept = await ScanMemory.open();
});
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
  await kept.reset();
});
afterAll(() => kept.close());

interface Begun {
  readonly units: Units;
  readonly jobs: MemoryJobs;
  readonly memory: ScanMemory;
  readonly givenUp: unknown[];
}

const asMemory = ({ known, ingest, observe, conclude, resources }: Memory): Memory => ({
  known,
  ingest,
  observe,
  conclude,
  resources,
});

/** Scanners of a provider whose only type lists one thing as soon as `list` lets it. */
function begin(list: (signal: AbortSignal) => Promise<void>, memory: Partial<Memory> = {}, concurrency = 2): Begun {
  const parts = testParts();
  const type = {
    type: 'thing',
    title: 'Thing',
    service: 'x',
    global: false,
    actions: [],
    fields: Type.Object({}),
    list: async (context: { signal: AbortSignal }) => {
      await list(context.signal);
      return { items: ['a'] };
    },
    map: (item: string) => ({
      id: item,
      name: item,
      status: '',
      tags: {},
      created_at: '',
      refs: [],
      fields: {},
      metadata: {},
    }),
  };
  const provider = {
    name: 'test',
    types: new Map([['thing', type]]),
    regions: ['r'],
    open: async (_: Unit, signal: AbortSignal) => ({ signal }),
    explain: async (error: unknown) => error,
    close: () => {},
  } as unknown as Provider;
  const jobs = new MemoryJobs();
  const givenUp: unknown[] = [];
  const options: UnitsOptions = {
    cloud: { concurrency, unitTimeoutMs: 60_000 },
    jobs,
    log: parts.log,
    regions: ['r', 'global'],
    scan: { ...parts, provider, memory: { ...asMemory(kept), ...memory }, timeoutMs: 60_000 },
    onGivenUp: (failure) => givenUp.push(failure),
  };
  const units = new Units(options);
  units.start();
  closes.push(async () => {
    await units.close();
    await jobs.close();
  });
  return { units, jobs, memory: kept, givenUp };
}

/** A listing that ends only when it is told to. */
async function forever(signal: AbortSignal): Promise<void> {
  await until(() => signal.aborted);
  throw new Error('aborted');
}

const publish = (jobs: MemoryJobs, scan: string, account: string) =>
  jobs.publish(scannerTopic('r'), { scan, unit: unit(account) }, { id: `${scan}/${account}` });
const until = async (right: () => boolean): Promise<void> => {
  while (!right()) await new Promise((resolve) => setTimeout(resolve, 2));
};

describe('the units of a process', () => {
  test('are worked so many at once, whoever asks for them', async () => {
    let [begun, running, most] = [0, 0, 0];
    const { units, jobs, memory } = begin(async () => {
      begun += 1;
      running += 1;
      most = Math.max(most, running);
      // The first one waits for the second one, so that two have run at once whatever the memory takes.
      await until(() => begun > 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    });
    for (let i = 0; i < 10; i++) await publish(jobs, 's', String(i));
    await Promise.all([units.scan({ scan: 'h', unit: unit('x') }), units.scan({ scan: 'h', unit: unit('y') })]);
    await until(() => memory.coverage.length === 12);
    expect(most).toBe(2);
  });

  test('of a cancelled scan are dropped, those of others not', async () => {
    const { units, jobs, memory } = begin(async () => {});
    units.cancel('gone');
    await publish(jobs, 'gone', '1');
    await publish(jobs, 's', '2');
    await until(() => memory.coverage.length === 1);
    expect(memory.coverage).toMatchObject([{ scan: 's', account: '2' }]);
  });

  test('whose observation cannot be stored are tried again, then given up and told', async () => {
    let tries = 0;
    const { jobs, givenUp } = begin(async () => {}, {
      conclude: async () => {
        tries += 1;
        throw elavaError('STORE_FULL', 'no room');
      },
    });
    await publish(jobs, 's', '1');
    await until(() => givenUp.length > 0);
    expect(tries).toBe(3);
    expect(givenUp).toEqual([{ scan: 's', unit: unit('1'), error: 'STORE_FULL', detail: 'no room' }]);
  });

  test('are tried again when the memory is back in time', async () => {
    let tries = 0;
    const { jobs, memory, givenUp } = begin(async () => {}, {
      known: async () => {
        if (++tries < 3) throw elavaError('STORE_UNAVAILABLE', 'not yet');
        return { entries: [], baseline: true };
      },
    });
    await publish(jobs, 's', '1');
    await until(() => memory.coverage.length === 1);
    expect(givenUp).toEqual([]);
  });

  test('are cut short when the process stops, and say so', async () => {
    const { units, jobs, memory } = begin(forever);
    await publish(jobs, 's', '1');
    await until(() => jobs.stats(scannerTopic('r')).running === 1);
    await units.close(10);
    expect(memory.coverage).toMatchObject([{ state: 'failed', error: 'CANCELLED' }]);
  });

  test('do not hold a process that stops when the memory never answers', async () => {
    let asked = false;
    const { units, jobs } = begin(async () => {}, {
      known: () => {
        asked = true;
        return new Promise<never>(() => {});
      },
    });
    await publish(jobs, 's', '1');
    await until(() => asked);
    await units.close(1, 1);
    await expect(units.scan({ scan: 'h', unit: unit('x') })).rejects.toMatchObject({ type: 'CANCELLED' });
  });

  test('that have not begun when the process stops are not observed at all', async () => {
    const { units, jobs, memory } = begin(forever, {}, 1);
    await publish(jobs, 's', '1');
    const waiting = units.scan({ scan: 'h', unit: unit('2') });
    waiting.catch(() => undefined);
    await until(() => jobs.stats(scannerTopic('r')).running === 1);
    await units.close(10);
    await expect(waiting).rejects.toMatchObject({ type: 'CANCELLED' });
    expect(memory.coverage.map(({ account }) => account)).toEqual(['1']);
  });
});
