/** What was found of who is behind changes, put to them. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { Attribution, Change } from '../../lib/resource.ts';
import { type Where, where } from './filter.ts';

/** An answer as JSON, by `revision id`. */
type Answers = ReadonlyMap<string, string>;

/** The answers that a condition on the table names. */
export async function answersOf(store: Store, { sql, params }: Where): Promise<Answers> {
  const rows = await store.rows<{ id: string; revision: string; body: string }>(
    `SELECT id, change_rev AS revision, body FROM attributions FINAL WHERE ${sql}`,
    params,
  );
  return new Map(rows.map(({ id, revision, body }) => [`${revision} ${id}`, body]));
}

/** The same changes, each with what is known of who did it. */
export function attributed(changes: readonly Change[], answers: Answers): Change[] {
  return changes.map((change) => {
    const body = answers.get(`${change.revision} ${change.id}`);
    return body === undefined ? change : { ...change, attribution: JSON.parse(body) as Attribution };
  });
}

/** As `attributed`, with whatever answers there are. */
export async function withAttributions(store: Store, changes: readonly Change[]): Promise<Change[]> {
  if (changes.length === 0) return [];
  const own = where(
    ['rid IN (SELECT cityHash64(arrayJoin({ids:Array(String)})))', 'change_rev IN {revisions:Array(UInt64)}'],
    {
      ids: [...new Set(changes.map(({ id }) => id))],
      revisions: [...new Set(changes.map(({ revision }) => revision))].map(BigInt),
    },
  );
  return attributed(changes, await answersOf(store, own));
}
