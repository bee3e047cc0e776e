/** What crash tests write, and what must be true of the tables whoever was killed: for crash.test.ts and writers.nats.ts. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { Coverage, Resource, Unit } from '../../lib/resource.ts';
import { hashSql } from './content-hash.ts';
import type { MemoryWriter } from './history.client.ts';
import { hashOf, observation, resource } from './testing.ts';

/** Something that the memory said it has. */
export interface Ack {
  readonly ingest?: { id: string; hash: string }[];
  readonly unit?: string;
  readonly observe?: Coverage;
}

const MEMBERS = 30;
/** Steps are seconds, so that two of them span a week's end now and then. */
const EPOCH = Date.parse('2026-11-22T23:58:00.000Z');

const keyOf = ({ account, type }: Pick<Unit, 'account' | 'type'>): string => `${account}/${type}`;

/** The nth step of a unit's life: some resources change, and it is observed, with one that comes and goes: at once or in turn. */
export async function step(
  memory: Pick<MemoryWriter, 'ingest' | 'observe' | 'conclude'>,
  { unit, n, heard }: { readonly unit: Unit; readonly n: number; readonly heard: (ack: Ack) => void },
): Promise<void> {
  const at = new Date(EPOCH + n * 1000).toISOString();
  const seen: Resource[] = Array.from({ length: 8 }, (_, i) =>
    resource(`r${(n * 7 + i) % MEMBERS}`, { version: n }, unit),
  );
  const entries = seen.map((item) => ({ hash: hashOf(item), resource: item }));
  const absent = [resource(`r${(n * 11) % MEMBERS}`, {}, unit).id].filter((id) => !seen.some((item) => item.id === id));
  const batch = { batch: `${n}`, resources: entries };
  const state = n % 5 === 0 ? 'partial' : 'complete';
  const closed = observation(at, { scan: `scan${n}`, unit, state, count: 8, absent });
  const ingested = { ingest: entries.map(({ hash, resource: { id } }) => ({ id, hash })), unit: keyOf(unit) };
  if (n % 2 === 0) {
    heard({ ...ingested, observe: await memory.conclude({ ...closed, ...batch }) });
    return;
  }
  await memory.ingest({ ...batch, scan: `scan${n}`, unit, at });
  heard(ingested);
  heard({ observe: await memory.observe(closed) });
}

/** Questions that nothing answers where the tables agree. */
const disagreements = {
  'a version is there twice':
    'SELECT account, id, type, at, count() AS n FROM resource_log GROUP BY account, id, type, at, hash HAVING n > 1',
  'deltas and live resources differ': `SELECT (SELECT sum(delta) FROM resource_log) AS deltas,
     (SELECT count() FROM resource_current FINAL WHERE live) AS living WHERE deltas != living`,
  'something is written and not committed': `SELECT (SELECT max(rev) FROM commits) AS committed,
     greatest((SELECT max(rev) FROM resource_log), (SELECT max(rev) FROM coverage)) AS written WHERE committed != written`,
  'a revision is committed twice': 'SELECT rev FROM commits GROUP BY rev HAVING count() > 1',
  'log and current differ': `SELECT l.id, l.type FROM (SELECT account, type, rid, any(id) AS id, argMax(hash, rev) AS hash, max(rev) AS newest
       FROM resource_log GROUP BY account, type, rid) AS l
     FULL JOIN (SELECT account, type, rid, hash, rev FROM resource_current FINAL) AS c
       ON l.account = c.account AND l.type = c.type AND l.rid = c.rid
     WHERE l.hash != c.hash OR l.newest != c.rev`,
  'coverage and units differ': `SELECT account, type FROM (SELECT account, type, max(rev) AS newest, argMax(scan, rev) AS last FROM coverage GROUP BY account, type) AS o
     FULL JOIN (SELECT account, type, rev, scan FROM units FINAL) AS u ON o.account = u.account AND o.type = u.type
     WHERE o.newest != u.rev OR o.last != u.scan`,
  'an observation is there twice':
    'SELECT account, type, scan FROM coverage GROUP BY account, type, scan, started HAVING count() > 1',
  'a version does not follow the one before it': `SELECT rid FROM (SELECT rid, account, type, rev, prev_rev, lagInFrame(rev, 1, 0) OVER (PARTITION BY account, type, rid ORDER BY rev
     ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS expected FROM resource_log) WHERE prev_rev != expected`,
  'tombstones and observations differ': `SELECT t.account, t.type, t.scan FROM (SELECT account, type, scan, count() AS n FROM resource_log
       WHERE kind = 'disappeared' GROUP BY account, type, scan) AS t
     LEFT JOIN coverage AS c ON t.account = c.account AND t.type = c.type AND t.scan = c.scan WHERE t.n != c.gone`,
} as const;

/** What is wrong with the tables; nothing, as a rule. */
export async function disagreementsIn(store: Store): Promise<string[]> {
  const found: string[] = [];
  for (const [what, sql] of Object.entries(disagreements)) {
    const rows = await store.rows(sql);
    if (rows.length > 0) found.push(`${what}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
  return found;
}

/** What was acknowledged and is not there. */
export async function lostOf(store: Store, acks: readonly Ack[]): Promise<string[]> {
  const logged = await store.rows<{ key: string }>(
    `SELECT concat(account, '/', type, ' ', id, ' ', ${hashSql('hash')}) AS key FROM resource_log`,
  );
  const versions = new Set(logged.map(({ key }) => key));
  const lost = acks.flatMap(({ ingest = [], unit }) =>
    ingest.map(({ id, hash }) => `${unit} ${id} ${hash}`).filter((key) => !versions.has(key)),
  );
  const rows = await store.rows<{ account: string; type: string; scan: string; gone: number; changed: number }>(
    'SELECT account, type, scan, gone, changed FROM coverage',
  );
  const observed = new Map(rows.map((row) => [`${keyOf(row)} ${row.scan}`, row]));
  const unlike = acks.flatMap(({ observe }) => {
    if (!observe) return [];
    const key = `${keyOf(observe)} ${observe.scan}`;
    const row = observed.get(key);
    return row?.gone === observe.gone && row.changed === observe.changed ? [] : [`observation of ${key}`];
  });
  return [...lost, ...unlike];
}
