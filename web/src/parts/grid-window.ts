/** Which rows of a long list exist, and where keys lead. Pure. */
const BEYOND = 8;

export function windowOf(
  view: { readonly top: number; readonly height: number },
  rowHeight: number,
  rows: number,
): { readonly first: number; readonly last: number } {
  const first = Math.max(0, Math.floor(view.top / rowHeight) - BEYOND);
  const last = Math.min(rows, Math.ceil((view.top + view.height) / rowHeight) + BEYOND);
  return { first: Math.min(first, last), last };
}

/** The row that a key leads to; undefined for other keys and empty lists. */
export function steps(key: string, active: number, rows: number, page: number): number | undefined {
  const by: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: rows - 1,
  };
  const to = by[key];
  return to === undefined || rows === 0 ? undefined : Math.min(rows - 1, Math.max(0, to));
}
