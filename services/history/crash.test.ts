/** Ten times SIGKILL in the middle of writing: nothing acknowledged is lost, nothing is there twice, all tables agree. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import type { Store } from '../../lib/clickhouse/store.ts';
import type { Coverage } from '../../lib/resource.ts';
import { hashSql } from './content-hash.ts';
import { testMemory } from './testing.ts';

const KILLS = 10;
const child = path.join(import.meta.dirname, 'testing-crash.ts');

interface Ack {
  readonly open?: number;
  readonly ingest?: { id: string; hash: string }[];
  readonly type?: string;
  readonly at?: string;
  readonly observe?: Coverage;
}
const readAcks = async (file: string): Promise<Ack[]> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Ack);
};

/** Lets the child write for a while after it has opened the store, then kills it. */
async function writeAndKill(dir: string, acks: string, round: number): Promise<void> {
  const before = (await readAcks(acks)).length;
  const running = fork(child, [dir, acks, String(round * 1000)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exit = once(running, 'exit');
  const enough = before + 10 + round * 3;
  while ((await readAcks(acks)).length < enough && running.exitCode === null)
    await new Promise((done) => setTimeout(done, 5));
  await new Promise((done) => setTimeout(done, Math.random() * 60));
  running.kill('SIGKILL');
  const [, signal] = (await exit) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
}

const one = async (store: Store, sql: string): Promise<Record<string, unknown>> =>
  (await store.rows<Record<string, unknown>>(sql))[0] ?? {};

async function checkTables(store: Store): Promise<void> {
  expect(
    await store.rows('SELECT id, type, at, count() AS n FROM resource_log GROUP BY id, type, at, hash HAVING n > 1'),
  ).toEqual([]);
  const counts = await one(
    store,
    `SELECT (SELECT sum(delta) FROM resource_log) AS deltas, (SELECT count() FROM resource_current FINAL WHERE live) AS live,
       (SELECT max(rev) FROM commits) AS committed,
       greatest((SELECT max(rev) FROM resource_log), (SELECT max(rev) FROM coverage)) AS written,
       (SELECT count() FROM commits) AS commits, (SELECT uniqExact(rev) FROM commits) AS revisions`,
  );
  expect(counts.deltas).toBe(counts.live);
  expect(counts.committed).toBe(counts.written);
  expect(counts.commits).toBe(counts.revisions);
  const different = await store.rows(
    `SELECT l.id, l.type FROM (SELECT type, rid, any(id) AS id, argMax(hash, rev) AS hash, max(rev) AS newest FROM resource_log GROUP BY type, rid) AS l
     FULL JOIN (SELECT type, rid, hash, rev FROM resource_current FINAL) AS c ON l.type = c.type AND l.rid = c.rid
     WHERE l.hash != c.hash OR l.newest != c.rev`,
  );
  expect(different).toEqual([]);
  const units = `SELECT type, max(rev) AS newest, argMax(scan, rev) AS s, argMax(state, rev) AS st FROM coverage GROUP BY type ORDER BY type`;
  expect(await store.rows('SELECT type, rev AS newest, scan AS s, state AS st FROM units FINAL ORDER BY type')).toEqual(
    await store.rows(units),
  );
  expect(await store.rows('SELECT type, scan FROM coverage GROUP BY type, scan, started HAVING count() > 1')).toEqual(
    [],
  );
  // Each entry of the log joins to the one before it.
  const torn = await store.rows(
    `SELECT rid FROM (SELECT rid, type, rev, prev_rev, lagInFrame(rev, 1, 0) OVER (PARTITION BY type, rid ORDER BY rev
       ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS expected FROM resource_log) WHERE prev_rev != expected`,
  );
  expect(torn).toEqual([]);
}

async function checkAcks(store: Store, acks: readonly Ack[]): Promise<void> {
  const logged = await store.rows<{ key: string }>(
    `SELECT concat(type, ' ', id, ' ', ${hashSql('hash')}) AS key FROM resource_log`,
  );
  const versions = new Set(logged.map(({ key }) => key));
  const lost = acks.flatMap(({ ingest, type }) =>
    (ingest ?? []).filter(({ id, hash }) => !versions.has(`${type} ${id} ${hash}`)),
  );
  expect(lost).toEqual([]);
  const rows = await store.rows<{ type: string; scan: string; gone: number; changed: number }>(
    'SELECT type, scan, gone, changed FROM coverage',
  );
  const observed = new Map(rows.map((row) => [`${row.type} ${row.scan}`, row]));
  for (const { observe } of acks) {
    if (observe)
      expect(observed.get(`${observe.type} ${observe.scan}`)).toMatchObject({
        gone: observe.gone,
        changed: observe.changed,
      });
  }
  const tombstones = await store.rows<{ key: string; n: string }>(
    "SELECT concat(type, ' ', toString(scan)) AS key, count() AS n FROM resource_log WHERE kind = 'disappeared' GROUP BY key",
  );
  for (const { key, n } of tombstones) expect([key, observed.get(key)?.gone]).toEqual([key, Number(n)]);
}

test('ten kills: the store opens, its tables agree, nothing acknowledged is lost or there twice', async () => {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'elava-crash-'));
  const acks = path.join(dir, 'acks');
  const data = path.join(dir, 'data');
  try {
    for (let round = 0; round < KILLS; round += 1) {
      await writeAndKill(data, acks, round);
      const t = await testMemory(data);
      await checkTables(t.memory.store);
      await checkAcks(t.memory.store, await readAcks(acks));
      await t.memory.close();
    }
    expect((await readAcks(acks)).length).toBeGreaterThan(KILLS * 10);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}, 300_000);
