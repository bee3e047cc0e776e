/** Finds resources by words. The current table only: a million names are read in the time of a key press. */
import type { Params, Store } from '../../lib/clickhouse/store.ts';
import { both, type SplitFilter, type Where, where } from './filter.ts';
import type { Found } from './questions.schema.ts';

export interface SearchQuestion {
  readonly filter: SplitFilter;
  readonly text: string;
  readonly gone?: boolean | undefined;
  readonly limit: number;
}

/** More narrow nothing down and each costs a pass over all names. */
const MOST_WORDS = 8;

function wordsOf(text: string): string[] {
  return text.trim().split(/\s+/).slice(0, MOST_WORDS);
}

/** All words must be found; the score of each is how well it fits, 0 the best. */
export async function searchResources(
  store: Store,
  question: SearchQuestion,
): Promise<{ found: Found[]; total: number }> {
  const words = wordsOf(question.text).map(wordWhere);
  const picked = both(question.filter.identity, question.filter.state, ...words, where(question.gone ? [] : ['live']));
  const score = words.map((_, i) => scoreSql(i)).join(' + ');
  const rows = await store.rows<Omit<Found, 'live'> & { live: boolean; score: string; total: string }>(
    `SELECT id, account, region, type, name, status, live, ${matchedSql} AS matched, ${score} AS score, count() OVER () AS total
     FROM resource_current FINAL WHERE ${picked.sql}
     ORDER BY live DESC, score, length(id), id LIMIT {limit:UInt32}`,
    { ...picked.params, limit: question.limit },
  );
  const found = rows.map(({ id, account, region, type, name, status, live, matched }) => ({
    id,
    account,
    region,
    type,
    name,
    status,
    live: Boolean(live),
    matched,
  }));
  return { found, total: Number(rows[0]?.total ?? 0) };
}

function wordWhere(word: string, i: number): Where {
  const at = word.indexOf('=');
  const params: Params = {
    [`word${i}`]: word,
    [`key${i}`]: word.slice(0, Math.max(at, 0)),
    [`value${i}`]: word.slice(at + 1),
  };
  const w = `{word${i}:String}`;
  const tag =
    at > 0
      ? `(mapContains(tags, {key${i}:String}) AND positionCaseInsensitiveUTF8(tags[{key${i}:String}], {value${i}:String}) > 0)`
      : `arrayExists(value -> positionCaseInsensitiveUTF8(value, ${w}) > 0, mapValues(tags))`;
  return where(
    [
      `(positionCaseInsensitiveUTF8(id, ${w}) > 0 OR positionCaseInsensitiveUTF8(name, ${w}) > 0 OR ${tag}
        OR type = lowerUTF8(${w}) OR account = ${w} OR region = lowerUTF8(${w}) OR status = lowerUTF8(${w}))`,
    ],
    params,
  );
}

function scoreSql(i: number): string {
  const w = `{word${i}:String}`;
  return `multiIf(id = ${w}, 0, lowerUTF8(name) = lowerUTF8(${w}), 1, endsWith(id, ${w}), 2,
    positionCaseInsensitiveUTF8(name, ${w}) = 1, 3, positionCaseInsensitiveUTF8(name, ${w}) > 0, 4,
    positionCaseInsensitiveUTF8(id, ${w}) > 0, 5, 6)`;
}

const matchedSql = `multiIf(positionCaseInsensitiveUTF8(name, {word0:String}) > 0, 'name',
  positionCaseInsensitiveUTF8(id, {word0:String}) > 0, 'id',
  type = lowerUTF8({word0:String}) OR account = {word0:String} OR region = lowerUTF8({word0:String})
    OR status = lowerUTF8({word0:String}), 'place', 'tag')`;
