/**
 * The leads under whose terms a statement is written, in headers: the engine behind HTTP refuses those of a term that is
 * over (server/fence.ts). Other servers ignore them.
 */

/** Lead → term: "history" and "writer.3". */
export type Terms = Readonly<Record<string, number>>;

export const FENCE_HEADER = 'X-Elava-Fence';
export const WRITERS_HEADER = 'X-Elava-Writers';
const WRITER = 'writer.';

/** `{history: 8, 'writer.3': 9}` is `X-Elava-Fence: 8`, `X-Elava-Writers: 3=9`. */
export function headersOf({ history, ...writers }: Terms): Record<string, string> {
  const shards = Object.entries(writers).map(([lead, term]) => `${lead.slice(WRITER.length)}=${term}`);
  return {
    ...(history === undefined ? {} : { [FENCE_HEADER]: String(history) }),
    ...(shards.length === 0 ? {} : { [WRITERS_HEADER]: shards.join(',') }),
  };
}

/** The reverse, of what came over the wire; undefined where it is none. */
export function termsOf(fence: string | undefined, writers: string | undefined): Terms | undefined {
  const shards = (writers ?? '').split(',').filter((text) => text !== '');
  const pairs = shards.map((text) => /^(\d{1,4})=(\d+)$/.exec(text)?.slice(1));
  const named = [
    ...(fence === undefined ? [] : [['history', fence]]),
    ...pairs.map((pair) => [`${WRITER}${pair?.[0]}`, pair?.[1]]),
  ];
  const terms = named.map(([lead, text]) => [lead, Number(text)] as const);
  if (terms.some(([, term]) => !Number.isSafeInteger(term) || term < 1)) return undefined;
  return Object.fromEntries(terms);
}
