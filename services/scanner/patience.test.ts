import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import Type from 'typebox';
import { sleep } from '../../lib/time.ts';
import type { Memory } from './memory.ts';
import { Patience } from './patience.ts';
import type { Provider } from './provider.ts';
import { scanUnit } from './scan.ts';
import { testParts } from './testing.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('what goes on is let go on, and what hangs is given up', () => {
  const patience = new Patience(1000);
  for (let i = 0; i < 100; i++) {
    jest.advanceTimersByTime(900);
    patience.heard();
  }
  expect(patience.signal.aborted).toBe(false);
  jest.advanceTimersByTime(1000);
  expect(patience.signal.aborted).toBe(true);
});

test('nothing is given up that has ended', () => {
  const patience = new Patience(1000);
  patience.close();
  jest.advanceTimersByTime(5000);
  expect(patience.signal.aborted).toBe(false);
  expect(jest.getTimerCount()).toBe(0);
});

describe('a unit of many pages', () => {
  const minute = 60_000;
  const unit = { account: '1', region: 'r', type: 'thing' };

  /**
   * Scans as many pages as there are times to wait for them, and tells what is observed. Several times for a page are several
   * calls before it.
   */
  async function scanned(waits: readonly (number | readonly number[])[]): Promise<unknown> {
    const list = async ({ signal, heard }: { signal: AbortSignal; heard: () => void }, token = '0') => {
      const page = Number(token);
      for (const wait of [waits[page] ?? 0].flat()) {
        await sleep(wait, signal);
        heard();
      }
      return { items: [token], ...(page + 1 < waits.length ? { next: String(page + 1) } : {}) };
    };
    const empty = { name: '', status: '', tags: {}, created_at: '', refs: [], fields: {}, metadata: {} };
    const type = { type: 'thing', title: '', service: 'x', global: false, actions: [], fields: Type.Object({}), list };
    const provider = {
      types: new Map([['thing', { ...type, map: (id: string) => ({ id, ...empty }) }]]),
      open: async (_: unknown, signal: AbortSignal, heard: () => void) => ({ signal, heard }),
      explain: async (error: unknown) => error,
    } as unknown as Provider;
    const memory = {
      known: async () => ({ entries: [], baseline: true }),
      conclude: async (row: object) => row,
    } as unknown as Memory;
    const { signal } = new AbortController();
    const scan = scanUnit({ scan: 's', unit }, { ...testParts(), provider, memory, timeoutMs: 15 * minute }, signal);
    for (let i = 0; i < 200; i++) await jest.advanceTimersByTimeAsync(minute);
    return scan;
  }

  test('may take hours, as long as it goes on', async () => {
    expect(await scanned(Array.from({ length: 12 }, () => 10 * minute))).toMatchObject({
      state: 'complete',
      count: 12,
    });
  });

  test('may wait for a page as long as the cloud answers on the way to it', async () => {
    const calls = Array.from({ length: 9 }, () => 10 * minute);
    expect(await scanned([calls, minute])).toMatchObject({ state: 'complete', count: 2 });
  });

  test('is given up where it stands still, and what was read is kept', async () => {
    const row = await scanned([minute, minute, 60 * minute, minute]);
    expect(row).toMatchObject({ state: 'partial', error: 'DEADLINE_EXCEEDED', count: 2 });
  });
});
