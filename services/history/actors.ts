/** Who is behind changes, as conditions and as columns of a question about the log. */
import { type Where, where } from './filter.ts';
import type { ChangeDimension } from './questions.schema.ts';
import { resourceHashSql } from './sql.ts';

/** Dimensions for which the answers must be joined. */
export const ofActors: readonly ChangeDimension[] = ['actor', 'actor_kind', 'event'];

export interface ActorFilter {
  /** "" stands for changes of which it is not known. */
  readonly actors?: readonly string[] | undefined;
  readonly actor_kinds?: readonly string[] | undefined;
}

const lists = [
  ['actors', 'actor'],
  ['actor_kinds', 'actor_kind'],
] as const;

/** On rows of the log, or on what has the same identity and a revision; `rev` is that column's name. */
export function actorWhere(filter: ActorFilter, rev = 'rev'): Where {
  const given = lists.filter(([name]) => filter[name] !== undefined);
  const key = `(account, type, region, rid, ${rev})`;
  const conditions = given.map(([name, column]) => {
    const answers = (condition: string) =>
      `(SELECT account, type, region, rid, change_rev FROM attributions FINAL WHERE ${condition})`;
    const named = `${key} IN ${answers(`${column} IN {${name}:Array(String)} AND ${column} != ''`)}`;
    if (!filter[name]?.includes('')) return named;
    return `(${named} OR ${key} NOT IN ${answers(`${column} != ''`)})`;
  });
  return where(conditions, Object.fromEntries(given.map(([name]) => [name, filter[name]])));
}

/** One number for a change: a join by one costs half of one by two. `own` is the resource's number. */
const changeHashSql = (own: string, rev: string): string => `bitXor(${own}, ${rev} * 11400714819323198485)`;

/**
 * The rows of `source` with those of `by` that are known of a change's actor, "" where they are not. The source has `own`,
 * the resource's number, and rev; only answers to changes of `window` are looked at, a condition on `at`. What is known of
 * one change is in one week, so that only answers of a week that has several parts are merged.
 */
export function withActors(source: string, by: readonly ChangeDimension[], window: string): string {
  const names = by.filter((name) => ofActors.includes(name));
  return `SELECT c.*, ${names.map((name) => `a.${name} AS ${name}`).join(', ')}
    FROM (SELECT *, ${changeHashSql('own', 'rev')} AS change FROM (${source})) AS c
    LEFT JOIN (SELECT ${changeHashSql(resourceHashSql('t'), 'change_rev')} AS change, ${names.join(', ')}
      FROM attributions AS t FINAL WHERE ${window} SETTINGS do_not_merge_across_partitions_select_final = 1) AS a
    ON c.change = a.change`;
}
