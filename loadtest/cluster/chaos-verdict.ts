/** What the chaos run comes to: the store against the world. */
export interface Found {
  /** Ids of live resources, as the store has them. */
  readonly ids: readonly string[];
  readonly expected: readonly string[];
  /** Versions that a last scan of the quiet world still wrote: what the store had wrong. */
  readonly left: number;
  /** Units that could not be read whole although nobody died any more. */
  readonly incomplete: number;
  /** Where something was struck: until it worked again, and how long that may take, in milliseconds. */
  readonly recovery?: { readonly slowest: number; readonly limit: number };
}

export function verdict({ ids, expected, left, incomplete, recovery }: Found): { ok: boolean; text: string } {
  const [have, want] = [new Set(ids), new Set(expected)];
  const lost = expected.filter((id) => !have.has(id));
  const twice = ids.length - have.size;
  const unknown = [...have].filter((id) => !want.has(id));
  const faults = [lost.length, twice, unknown.length, left, incomplete];
  const inTime = recovery === undefined || recovery.slowest <= recovery.limit;
  const ok = faults.every((count) => count === 0) && inTime;
  const examples = [...lost.slice(0, 3), ...unknown.slice(0, 3)].map((id) => `\n  ${id}`).join('');
  const text =
    `${ok ? 'ok' : 'FAILED'}: ${expected.length} resources; lost ${lost.length}, twice ${twice}, ` +
    `not in the world ${unknown.length}, wrong ${left}, units not read ${incomplete}${inTime ? '' : ', recovery too slow'}${examples}`;
  return { ok, text };
}
