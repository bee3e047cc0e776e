/** Who is behind the changes: changes that still need an answer, and the answers that were found. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { Change } from '../../lib/resource.ts';
import { withAttributions } from './answers.ts';
import { type ChangeRow, changeColumns, toChanges } from './changes.ts';
import type { Where } from './filter.ts';
import { toMs } from './instant.ts';
import type { StoredAttribution } from './revision-rows.ts';
import type { AttributedChange, OpenChange } from './trail.schema.ts';

interface OpenRow extends ChangeRow {
  readonly began: string;
  readonly created_at: string;
  readonly ref_ids: readonly string[];
  readonly tags: Record<string, string>;
}

export interface OpenPage {
  /** Changes after this revision that nobody has looked at yet. */
  readonly after?: string | undefined;
  /** Those whose answer may still change. */
  readonly pending?: boolean | undefined;
  readonly limit: number;
  readonly committed: number;
  /** Milliseconds: of a unit's first scan only what was made after this is asked for. */
  readonly createdSince: number;
}

/** The last complete observation that ended before the change says from when on it can have happened. */
const openSql = (condition: string) => `
  WITH opened AS (SELECT ${changeColumns}, tags, JSONExtractString(body, 'created_at') AS created_at,
      JSONExtract(body, 'refs', 'Array(String)') AS ref_ids
    FROM resource_log WHERE rev <= {committed:UInt64} AND ${condition} AND (NOT baseline
      OR parseDateTime64BestEffortOrZero(JSONExtractString(body, 'created_at'), 3, 'UTC') > fromUnixTimestamp64Milli({created:Int64}, 'UTC'))
    ORDER BY rev, rid LIMIT {limit:UInt32})
  SELECT ${changeColumns
    .split(', ')
    .map((name) => `l.${name} AS ${name}`)
    .join(
      ', ',
    )}, toUnixTimestamp64Milli(c.started) AS began, l.created_at AS created_at, l.ref_ids AS ref_ids, l.tags AS tags
  FROM opened AS l
  ASOF LEFT JOIN (SELECT account, region, type, started, finished FROM coverage
    WHERE state = 'complete' AND (type, account, region) IN (SELECT type, account, region FROM opened)) AS c
    ON l.account = c.account AND l.region = c.region AND l.type = c.type AND l.at > c.finished
  ORDER BY rev, rid`;

const pendingSql = `(account, type, region, rid, rev) IN
  (SELECT account, type, region, rid, change_rev FROM attributions FINAL WHERE state = 'pending')`;

/** A page ends with a whole revision, unless one revision alone is longer than the page. Oldest first. */
export async function readOpen(store: Store, page: OpenPage): Promise<{ open: OpenChange[] }> {
  const { after = '0', pending, limit, committed, createdSince } = page;
  const rows = await store.rows<OpenRow>(openSql(pending ? pendingSql : 'rev > {after:UInt64}'), {
    committed,
    after,
    limit,
    created: createdSince,
  });
  const changes = await toChanges(store, rows);
  const known = pending ? await withAttributions(store, changes) : changes;
  const before = await lastRefs(store, changes);
  return {
    open: rows.map(({ began, created_at, ref_ids, tags }, i) => ({
      change: known[i] as Change,
      from: Number(began) > 0 ? new Date(Number(began)).toISOString() : '',
      created_at,
      refs: [...ref_ids, ...(before.get(known[i]?.id ?? '') ?? [])],
      tags,
    })),
  };
}

/** What resources that are gone referred to: a disk goes with its instance. */
async function lastRefs(store: Store, changes: readonly Change[]): Promise<Map<string, readonly string[]>> {
  const ids = changes.filter(({ kind }) => kind === 'disappeared').map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const rows = await store.rows<{ id: string; ref_ids: string[] }>(
    `SELECT id, argMax(JSONExtract(body, 'refs', 'Array(String)'), rev) AS ref_ids FROM (
       SELECT id, rev, body FROM resource_log WHERE rid IN (SELECT cityHash64(arrayJoin({ids:Array(String)}))) AND kind != 'disappeared'
       UNION ALL SELECT id, rev, body FROM resource_base FINAL WHERE rid IN (SELECT cityHash64(arrayJoin({ids:Array(String)}))) AND live
     ) GROUP BY id`,
    { ids },
  );
  return new Map(rows.map(({ id, ref_ids }) => [id, ref_ids]));
}

export function storedAttribution(found: AttributedChange, now: number): StoredAttribution {
  const { attribution, revision, at, ...rest } = found;
  const { state, method, actor, actor_kind, event, confidence } = attribution;
  return {
    ...rest,
    change_rev: revision,
    at: toMs(at, 'at'),
    state,
    method,
    actor,
    actor_kind,
    event,
    confidence,
    attributed_at: now,
    body: JSON.stringify(attribution),
  };
}

/** Of a judging page: the word on each resource's newest change and the last actor that is known, as JSON. */
export async function attributionsOf(store: Store, { sql, params }: Where): Promise<Map<string, string>> {
  const text = await store.lines(
    `SELECT rid, concat('"attribution":', argMax(body, change_rev), ',"last_actor":',
       toJSONString(argMaxIf(actor, change_rev, actor != '')))
     FROM attributions FINAL WHERE ${sql} GROUP BY rid`,
    params,
  );
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const tab = line.indexOf('\t');
      return [line.slice(0, tab), line.slice(tab + 1)];
    }),
  );
}
