/** Spans of a log that were read, in milliseconds, sorted and apart from each other. Pure. */

export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** The spans with one more; those that touch become one. */
export function withInterval(known: readonly Interval[], { from, to }: Interval): Interval[] {
  if (to <= from) return [...known];
  const apart = known.filter((span) => span.to < from || span.from > to);
  const touching = known.filter((span) => span.to >= from && span.from <= to);
  const joined = {
    from: Math.min(from, ...touching.map((span) => span.from)),
    to: Math.max(to, ...touching.map((span) => span.to)),
  };
  return [...apart, joined].sort((a, b) => a.from - b.from);
}

/** What of a span is in none of the known ones, oldest first. */
export function missingOf(known: readonly Interval[], { from, to }: Interval): Interval[] {
  const gaps: Interval[] = [];
  let start = from;
  for (const span of known) {
    if (span.to <= start || span.from >= to) continue;
    if (span.from > start) gaps.push({ from: start, to: span.from });
    start = Math.max(start, span.to);
  }
  if (start < to) gaps.push({ from: start, to });
  return gaps;
}

/** Spans that are this close become one: a question more costs as much as a page of what lies between. */
export function joinNear(spans: readonly Interval[], near: number): Interval[] {
  const joined: Interval[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last === undefined || span.from - last.to > near) joined.push(span);
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
  }
  return joined;
}

/** Spans that ended before an instant are of no use any more. */
export function since(known: readonly Interval[], instant: number): Interval[] {
  return known.filter(({ to }) => to >= instant);
}

/** As a cursor keeps them. */
export function writeIntervals(known: readonly Interval[]): string {
  return known.map(({ from, to }) => `${from}-${to}`).join(',');
}

/** Whatever is no span is left out: it is read again. */
export function readIntervals(text: string): Interval[] {
  const spans = text.split(',').flatMap((part) => {
    const [, from, to] = /^(\d{1,15})-(\d{1,15})$/.exec(part) ?? [];
    return from && to ? [{ from: Number(from), to: Number(to) }] : [];
  });
  return spans.reduce<Interval[]>(withInterval, []);
}
