/** Results that are read as text, one row a line. */

/** Lines of a result without the last, empty one. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
