/** What the chaos run comes to: the store against the world. */
export interface Found {
  /** Ids of live resources, as the store has them. */
  readonly ids: readonly string[];
  readonly expected: readonly string[];
  /** Versions that a last scan of the quiet world still wrote: what the store had wrong. */
  readonly left: number;
  /** Units that could not be read whole although nobody died any more. */
  readonly incomplete: number;
  /** Milliseconds. */
  readonly slowest: number;
  /** Milliseconds within which whatever was struck has to work again. */
  readonly limit: number;
}

export function verdict({ ids, expected, left, incomplete, slowest, limit }: Found): { ok: boolean; text: string } {
  const [have, want] = [new Set(ids), new Set(expected)];
  const lost = expected.filter((id) => !have.has(id));
  const twice = ids.length - have.size;
  const unknown = [...have].filter((id) => !want.has(id));
  const faults = [lost.length, twice, unknown.length, left, incomplete];
  const ok = faults.every((count) => count === 0) && slowest <= limit;
  const examples = [...lost.slice(0, 3), ...unknown.slice(0, 3)].map((id) => `\n  ${id}`).join('');
  const text =
    `${ok ? 'ok' : 'FAILED'}: ${expected.length} resources; lost ${lost.length}, twice ${twice}, ` +
    `not in the world ${unknown.length}, wrong ${left}, units not read ${incomplete}${slowest <= limit ? '' : ', recovery too slow'}${examples}`;
  return { ok, text };
}
