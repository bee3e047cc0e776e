import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf } from '../errors.ts';
import { ChdbConnection } from './chdb-connection.ts';
import { SessionPool } from './session-pool.ts';
import { Store } from './store.ts';
import { type Counted, countedNative } from './testing.ts';

interface Opened {
  readonly counted: Counted;
  readonly pool: SessionPool;
  readonly store: Store;
}
let dir = '';
const open = async (options: { sessions: number; timeoutMs?: number; maxWaiting?: number }): Promise<Opened> => {
  const counted = countedNative();
  const { sessions, timeoutMs = 30_000, maxWaiting = 100 } = options;
  const base = { output_format_json_quote_64bit_integers: 1 };
  const pool = await SessionPool.open(counted.native, { dir, args: [], sessions, maxWaiting, timeoutMs, base }, []);
  const client = createClient({ connection: new ChdbConnection(pool, dir), log: { level: ClickHouseLogLevel.OFF } });
  return { counted, pool, store: new Store({ client, kind: 'embedded', database: 'default' }) };
};
const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const endless = 'SELECT sleepEachRow(0.02) AS s FROM numbers(100000) SETTINGS max_block_size = 1';

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'elava-pool-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('a pool of sessions', () => {
  test('never has two calls in one connection, and uses several connections', async () => {
    const { counted, pool, store } = await open({ sessions: 4 });
    const questions = Array.from({ length: 40 }, (_, i) =>
      store.rows<{ v: string }>(
        'SELECT {v:String} AS v, sleep(0.02) AS s',
        { v: String(i) },
        { settings: { max_block_size: i + 1 } },
      ),
    );
    const rows = await Promise.all(questions);
    expect(rows.map(([row]) => row?.v)).toEqual(rows.map((_, i) => String(i)));
    expect(counted.most()).toBe(1);
    expect(counted.parallel()).toBeGreaterThan(1);
    expect(pool.stats).toEqual({ busy: 0, waiting: 0 });
    await store.close();
  });

  test('a setting that is the session’s own already costs no statement', async () => {
    const { counted, store } = await open({ sessions: 2 });
    const calls = async (settings: Record<string, number | string>): Promise<number> => {
      const before = counted.calls();
      await store.rows('SELECT 1', {}, { settings });
      return counted.calls() - before;
    };
    const none = await calls({});
    expect(await calls({ output_format_json_quote_64bit_integers: '1' })).toBe(none);
    expect(await calls({ output_format_json_quote_64bit_integers: 0 })).toBe(none + 2);
    await store.close();
  });

  test('reads leave one session to writes', async () => {
    const { pool, store } = await open({ sessions: 2 });
    const stop = new AbortController();
    const reads = [1, 2, 3].map(() => failure(store.rows(endless, {}, { signal: stop.signal })));
    await store.run('CREATE TABLE IF NOT EXISTS lane (n UInt8) ENGINE = Memory');
    expect(pool.stats.waiting).toBe(2);
    stop.abort();
    expect((await Promise.all(reads)).map(codeOf)).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED']);
    await store.close();
  });

  test('refuses what its queue cannot hold', async () => {
    const { store } = await open({ sessions: 1, maxWaiting: 1 });
    const stop = new AbortController();
    const first = failure(store.rows(endless, {}, { signal: stop.signal }));
    const second = failure(store.rows('SELECT 1', {}, { signal: stop.signal }));
    expect(codeOf(await failure(store.rows('SELECT 1')))).toBe('QUEUE_FULL');
    stop.abort();
    await Promise.all([first, second]);
    await store.close();
  });

  test('an aborted query is killed in the engine, and its session serves the next one', async () => {
    const { pool, store } = await open({ sessions: 1 });
    const stop = new AbortController();
    const asked = failure(store.rows(endless, {}, { signal: stop.signal }));
    setTimeout(() => stop.abort(), 50);
    expect(codeOf(await asked)).toBe('CANCELLED');
    // The only session is free only when the engine has let go of the query.
    expect(await store.rows('SELECT 1 AS x')).toEqual([{ x: 1 }]);
    const running = await store.rows(
      "SELECT query FROM system.processes WHERE query LIKE '%sleepEachRow%' AND query NOT LIKE '%processes%'",
    );
    expect(running).toEqual([]);
    expect(pool.stats).toEqual({ busy: 0, waiting: 0 });
    await store.close();
  });

  test('a query that gives nothing before its end is killed too, streamed or not', async () => {
    const { store } = await open({ sessions: 1 });
    const sums = [
      'SELECT sum(sleepEachRow(0.02)) AS s FROM numbers(100000)',
      'SELECT sum(s) AS s FROM (SELECT sleepEachRow(0.02) AS s FROM numbers(100000))',
    ];
    for (const sql of sums) {
      const stop = new AbortController();
      const asked = failure(store.rows(`${sql} SETTINGS max_block_size = 1`, {}, { signal: stop.signal }));
      setTimeout(() => stop.abort(), 50);
      expect(codeOf(await asked)).toBe('CANCELLED');
      expect(await store.rows('SELECT 1 AS x')).toEqual([{ x: 1 }]);
    }
    await store.close();
  });

  test.each([
    [
      'SELECT 7 AS s, sleepEachRow(0.02) FROM (SELECT number FROM numbers(100000)) SETTINGS max_block_size = 1',
      'CANCELLED',
    ],
    ['SELECT throwIf(number = 290000) AS s FROM (SELECT number FROM numbers(300000))', 'STORE_QUERY'],
  ])('the rows that a statement had come to are not of the next answer: %s', async (sql, code) => {
    const { store } = await open({ sessions: 1 });
    const stop = new AbortController();
    if (code === 'CANCELLED') setTimeout(() => stop.abort(), 300);
    expect(codeOf(await failure(store.rows(sql, {}, { signal: stop.signal })))).toBe(code);
    expect(await store.rows('SELECT 1 AS x')).toEqual([{ x: 1 }]);
    await store.close();
  });

  test('what is aborted before it began never runs', async () => {
    const { counted, store } = await open({ sessions: 1 });
    const fetched = counted.fetches();
    expect(codeOf(await failure(store.rows('SELECT 1', {}, { signal: AbortSignal.abort() })))).toBe('CANCELLED');
    expect(counted.fetches()).toBe(fetched);
    await store.close();
  });

  test('every statement has a deadline', async () => {
    const { pool, store } = await open({ sessions: 1, timeoutMs: 2000 });
    expect(codeOf(await failure(store.rows(endless)))).toBe('DEADLINE_EXCEEDED');
    while (pool.stats.busy > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await store.rows('SELECT 1 AS x')).toEqual([{ x: 1 }]);
    await store.close();
  });

  test('closing waits for what runs and refuses what waits', async () => {
    const { store } = await open({ sessions: 1 });
    const running = store.rows('SELECT sleep(0.2) AS s');
    const waiting = failure(store.rows('SELECT 2 AS x'));
    const closing = store.close();
    expect(await running).toEqual([{ s: 0 }]);
    await closing;
    expect(codeOf(await waiting)).toBe('STORE_UNAVAILABLE');
    expect(codeOf(await failure(store.rows('SELECT 3')))).toBe('STORE_UNAVAILABLE');
  });
});

describe('a stream', () => {
  test('is fetched as it is read: an unread rest is never computed', async () => {
    const { counted, pool, store } = await open({ sessions: 1 });
    const result = await store.client.query({
      query: "SELECT number, repeat('x', 100) FROM numbers(1000000000)",
      format: 'JSONCompactEachRow',
    });
    let rows = 0;
    for await (const batch of result.stream()) {
      rows += batch.length;
      if (rows > 50_000) break;
    }
    expect(rows).toBeLessThan(1_000_000);
    // A chunk is a block of 65,409 rows; the stream may hold a few that nobody read.
    expect(counted.fetches()).toBeLessThan(12);
    expect(await store.rows('SELECT 1 AS x')).toEqual([{ x: 1 }]);
    expect(pool.stats.busy).toBe(0);
    await store.close();
  });

  test('that is never read is ended by its deadline', async () => {
    const { pool, store } = await open({ sessions: 1, timeoutMs: 2000 });
    const result = await store.client.query({
      query: 'SELECT number FROM numbers(100000000)',
      format: 'JSONCompactEachRow',
    });
    while (pool.stats.busy > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await store.rows('SELECT 1 AS x')).toEqual([{ x: 1 }]);
    result.close();
    await store.close();
  });

  test('gives all rows, and an error in the middle is an error', async () => {
    const { store } = await open({ sessions: 2 });
    const query = 'SELECT number FROM numbers(300000)';
    const result = await store.client.query({ query, format: 'JSONCompactEachRow' });
    let rows = 0;
    for await (const batch of result.stream()) rows += batch.length;
    expect(rows).toBe(300_000);
    const bad = store.rows('SELECT throwIf(number = 290000) FROM numbers(300000) SETTINGS max_block_size = 1000');
    expect(codeOf(await failure(bad))).toBe('STORE_QUERY');
    expect(await store.rows('SELECT 1 AS x')).toEqual([{ x: 1 }]);
    await store.close();
  });
});
