/** The known name that a misspelt one was probably meant to be. Pure. */

/**
 * The candidate with the fewest edits from `name`, comparing whole dotted paths and last parts alike, so that both
 * "storage.pth" and a key in the wrong section find theirs. Undefined only when there are no candidates.
 */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const scored = candidates.map((candidate) => ({ candidate, edits: distance(name, candidate) }));
  return scored.toSorted((a, b) => a.edits - b.edits || a.candidate.localeCompare(b.candidate))[0]?.candidate;
}

/** A beginning counts most; then the whole path; a last part that is right makes up for a wrong section. */
function distance(name: string, candidate: string): number {
  if (candidate.startsWith(name)) return 1;
  const last = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
  return Math.min(edits(name, candidate), edits(last(name), last(candidate)) * 2 + 1.5);
}

/** Levenshtein's distance, one row at a time (Wagner and Fischer, 1974). */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
