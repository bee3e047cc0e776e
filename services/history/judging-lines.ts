/**
 * What policies look at, one JSON object a line. Stored documents are put together as text: parsing and writing a million
 * of them again would cost more than judging them.
 */
import type { Store } from '../../lib/clickhouse/store.ts';
import { unitKey } from '../../lib/resource.ts';
import { attributionsOf } from './attributions.ts';
import { type LastSeen, lastSeenAt, lastSeenOf } from './coverage.ts';
import { type Earlier, earlierVersions, lastResults, relatedTo } from './judging-joins.ts';
import { type JudgingRowSource, scopeOf } from './judging-rows.ts';

export interface JudgingTime {
  /** Milliseconds. */
  readonly now: number;
  readonly retentionMs: number;
}

/** A line for each row, in their order: five questions, however many rows. */
export async function judgingLines(
  store: Store,
  rows: readonly JudgingRowSource[],
  { join, time }: { readonly join: readonly string[]; readonly time: JudgingTime },
): Promise<string[]> {
  if (rows.length === 0) return [];
  const scope = scopeOf(rows);
  const units = [...new Map(rows.map((row) => [unitKey(row), row])).values()];
  const [earlier, related, results, seen, who] = await Promise.all([
    earlierVersions(store, scope, rows),
    relatedTo(store, join, rows),
    lastResults(store, scope),
    lastSeenOf(store, units),
    attributionsOf(store, scope),
  ]);
  return rows.map((row) => {
    const facts = factsOf(row, { seen: seen.get(unitKey(row)), changes: earlier.get(row.rid)?.changes ?? 0, time });
    return lineOf(row, {
      facts,
      earlier: earlier.get(row.rid),
      related,
      results: results.get(row.rid),
      who: who.get(row.rid),
    });
  });
}

interface Joined {
  readonly facts: string;
  readonly earlier: Earlier | undefined;
  readonly related: ReadonlyMap<string, string>;
  readonly results: string | undefined;
  readonly who: string | undefined;
}

function lineOf(row: JudgingRowSource, { facts, earlier, related, results = '', who }: Joined): string {
  const history = earlier ? earlier.bodies.join(',') : '';
  const refs = row.refs.flatMap((ref) => related.get(ref) ?? []).join(',');
  const attribution = who === undefined ? '' : `${who},`;
  return (
    `{"resource":${row.body},"revision":"${row.rev}","history":[${history}],"facts":${facts},` +
    `"related":{${refs}},${attribution}"last":{${results}}}\n`
  );
}

interface Known {
  readonly seen: LastSeen | undefined;
  readonly changes: number;
  readonly time: JudgingTime;
}

const DAY_MS = 86_400_000;

/** Written by hand, for it is written a million times: instants and numbers need no escaping. */
function factsOf({ rid, at, firstSeen, stateSince }: JudgingRowSource, { seen, changes, time }: Known): string {
  const watched = Math.max(0, Math.min(time.now - firstSeen, time.retentionMs)) / DAY_MS;
  const coverage = seen?.state ?? 'partial';
  return (
    `{"first_seen":"${new Date(firstSeen).toISOString()}","last_seen":"${lastSeenAt(seen, rid, at)}",` +
    `"state_since":"${new Date(stateSince).toISOString()}","changes":${changes},` +
    `"window_days":${Math.round(watched * 1000) / 1000},"coverage":"${coverage}"}`
  );
}
