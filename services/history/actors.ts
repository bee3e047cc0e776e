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

/**
 * The rows of `source` with actor, actor_kind and event, "" where they are not known. The source has account, type, region,
 * rid and rev; only answers to changes of `window` are looked at, a condition on `at`.
 */
export function withActors(source: string, window: string): string {
  return `SELECT c.*, a.actor AS actor, a.actor_kind AS actor_kind, a.event AS event
    FROM (SELECT s.*, ${resourceHashSql('s')} AS own FROM (${source}) AS s) AS c
    LEFT JOIN (SELECT ${resourceHashSql('t')} AS own, change_rev, actor, actor_kind, event FROM attributions AS t FINAL
      WHERE ${window}) AS a
    ON c.own = a.own AND c.rev = a.change_rev`;
}
