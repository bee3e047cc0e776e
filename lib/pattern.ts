/** Patterns of configuration: * stands for any characters, everything else for itself. */

const compiled = new Map<string, RegExp>();
/** Patterns come from a configuration, which has few. */
const MOST = 1000;

export function matches(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text;
  let found = compiled.get(pattern);
  if (!found) {
    if (compiled.size >= MOST) compiled.clear();
    const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    found = new RegExp(`^${parts.join('.*')}$`, 's');
    compiled.set(pattern, found);
  }
  return found.test(text);
}

/** Whether one of the patterns matches; none at all means anything does. */
export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matches(pattern, text));
}
