/** Resources now or as of an instant, in pages. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { Resource } from '../../lib/resource.ts';
import { lastSeenAt, lastSeenOf } from './coverage.ts';
import { DEFAULT_LIMIT, readCursor, writeCursor } from './cursor.ts';
import { both, type SplitFilter, type Where, where } from './filter.ts';
import type { StoredResource } from './history.contract.ts';
import { linesOf } from './lines.ts';
import { type AsOf, liveVersions, type Source } from './versions.ts';

export interface ResourcePage {
  readonly filter: SplitFilter;
  readonly asOf?: AsOf | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}
interface Row {
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly rid: string;
  readonly rev: string;
  readonly at_ms: string;
  readonly state_since: string;
  readonly first_seen: string;
  readonly body: string;
}

/** Ordered by type, account and region, so that a page reads its own part of the table only. */
export async function readResources(
  store: Store,
  { filter, asOf, after, limit = DEFAULT_LIMIT }: ResourcePage,
): Promise<{ resources: StoredResource[]; next?: string }> {
  const source = asOf === undefined ? pageNow(filter, after) : pageThen(filter, after, asOf);
  const rows = linesOf(await store.lines(source.sql, { ...source.params, limit: limit + 1 })).map(rowOf);
  const page = rows.slice(0, limit);
  const seen = await lastSeenOf(store, unitsOf(page), asOf?.at);
  const resources = page.map((row) =>
    // The document is this page's own: a copy of each with four fields more costs as much as parsing it.
    Object.assign(JSON.parse(row.body) as Resource, {
      first_seen: row.first_seen,
      last_seen: lastSeenAt(seen.get(`${row.account}/${row.region}/${row.type}`), row.rid, Number(row.at_ms)),
      state_since: row.state_since,
      revision: row.rev,
    }),
  );
  const last = rows.length > limit ? page.at(-1) : undefined;
  return last ? { resources, next: writeCursor([last.type, last.account, last.region, last.rid]) } : { resources };
}

/** As text: in a row of JSON the engine would escape each body, and we would parse it twice. No body holds a tab. */
function rowOf(line: string): Row {
  const start = line.indexOf('{');
  const [account = '', region = '', type = '', rid = '', rev = '', at_ms = '', ...rest] = line
    .slice(0, start)
    .split('\t');
  const [state_since = '', first_seen = ''] = rest;
  return { account, region, type, rid, rev, at_ms, state_since, first_seen, body: line.slice(start) };
}

function startOf(after: string | undefined): Where {
  if (after === undefined) return where([]);
  const [type, account, region, rid] = readCursor(after, 4);
  return where(
    [
      'type >= {type:String}',
      '(type, account, region, rid) > ({type:String}, {account:String}, {region:String}, {rid:UInt64})',
    ],
    { type, account, region, rid },
  );
}

const shown = 'account, region, type, rid, rev, toUnixTimestamp64Milli(at) AS at_ms, state_since, first_seen';
const order = 'ORDER BY type, account, region, rid';

/** In the table's own order, so reading stops when the page is full. */
function pageNow({ identity, state }: SplitFilter, after: string | undefined): Source {
  const { sql, params } = both(identity, state, startOf(after));
  return {
    sql: `SELECT ${shown}, body FROM resource_current FINAL WHERE live AND ${sql} ${order} LIMIT {limit:UInt32}`,
    params,
  };
}

/** First which version of which resource, then their bodies. */
function pageThen(filter: SplitFilter, after: string | undefined, asOf: AsOf): Source {
  const live = liveVersions(filter, asOf);
  const start = startOf(after);
  const page = `SELECT account, region, type, rid, rev FROM (${live.sql}) WHERE ${start.sql} ${order} LIMIT {limit:UInt32}`;
  const columns = 'account, region, type, rid, rev, at, state_since, first_seen, body';
  return {
    sql: `WITH page AS (${page})
      SELECT ${shown}, body FROM (
        SELECT ${columns} FROM resource_log WHERE (account, type, region, rid, rev) IN (SELECT account, type, region, rid, rev FROM page)
        UNION ALL
        SELECT ${columns} FROM resource_base WHERE (account, type, region, rid, rev) IN (SELECT account, type, region, rid, rev FROM page)
      ) ${order} LIMIT 1 BY type, account, region, rid`,
    params: { ...live.params, ...start.params },
  };
}

function unitsOf(rows: readonly Row[]) {
  return [...new Map(rows.map((row) => [`${row.account}/${row.region}/${row.type}`, row])).values()];
}
