/**
 * Regular expressions with RE2's syntax and its promise: time grows with the text, never with the pattern's alternatives.
 * JavaScript's own RegExp backtracks and is never given a policy's pattern.
 */
import { RE2JS } from 're2js';
import type { RegoValue } from '../host/values.ts';
import { checkLength, type Entries, ofTexts, ofValues, smallIntegerOf } from './define.ts';

/** Compiling takes 20 to 200 µs; a pattern made from data must not fill the memory. */
const maxPatterns = 500;
const compiled = new Map<string, RE2JS | undefined>();

/** Undefined for what is no pattern. */
function patternOf(text: string): RE2JS | undefined {
  if (compiled.has(text)) return compiled.get(text);
  let pattern: RE2JS | undefined;
  try {
    pattern = RE2JS.compile(text);
  } catch {
    pattern = undefined;
  }
  const [oldest] = compiled.keys();
  if (compiled.size >= maxPatterns && oldest !== undefined) compiled.delete(oldest);
  compiled.set(text, pattern);
  return pattern;
}

/** Groups of one match with where it lies; a group that took no part is "". */
interface Match {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly string[];
}

/** Go's order of matches: they do not overlap, and no empty one follows directly on another (regexp.allMatches). */
function allMatches(pattern: RE2JS, text: string, most: number): Match[] {
  const matcher = pattern.matcher(text);
  const found: Match[] = [];
  let at = 0;
  let last = -1;
  while (found.length < most && at <= text.length && matcher.find(at)) {
    const start = matcher.start(0);
    const end = matcher.end(0);
    const isEmpty = end === at;
    if (!(isEmpty && start === last)) {
      const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? '');
      found.push({ start, end, groups });
    }
    at = isEmpty ? at + (at < text.length ? String.fromCodePoint(text.codePointAt(at) ?? 0).length : 1) : end;
    last = end;
  }
  return found;
}

function limitOf(value: RegoValue | undefined): number | undefined {
  const limit = smallIntegerOf(value);
  if (limit === undefined) return undefined;
  return limit < 0 ? Number.POSITIVE_INFINITY : limit;
}

function split(pattern: RE2JS, text: string): string[] {
  if (text === '' && pattern.pattern() !== '') return [''];
  const parts: string[] = [];
  let from = 0;
  let until = 0;
  for (const { start, end } of allMatches(pattern, text, Number.POSITIVE_INFINITY)) {
    until = start;
    if (end !== 0) parts.push(text.slice(from, until));
    from = end;
  }
  if (until !== text.length) parts.push(text.slice(from));
  return parts;
}

/** `$1`, `${1}`, `$name` and `$$` in a replacement; Go takes the longest name, so `$1x` is the group "1x". */
function expand(template: string, { groups }: Match, pattern: RE2JS): string {
  return template.replace(/\$(?:(\$)|\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))/g, (_all, dollar, braced, plain) => {
    if (dollar !== undefined) return '$';
    const name = String(braced ?? plain);
    const index = /^[0-9]+$/.test(name) ? Number(name) : pattern.namedGroups()[name];
    return index === undefined ? '' : (groups[index] ?? '');
  });
}

function replace(text: string, pattern: RE2JS, template: string): string {
  let out = '';
  let from = 0;
  for (const match of allMatches(pattern, text, Number.POSITIVE_INFINITY)) {
    out += text.slice(from, match.start) + expand(template, match, pattern);
    checkLength('regex.replace', out.length);
    from = match.end;
  }
  return out + text.slice(from);
}

export const regexBuiltins: Entries = [
  ['regex.match', ofTexts((pattern = '', text = '') => patternOf(pattern)?.test(text))],
  ['regex.is_valid', ([pattern]) => typeof pattern === 'string' && patternOf(pattern) !== undefined],
  [
    'regex.split',
    ofTexts((pattern = '', text = '') => {
      const known = patternOf(pattern);
      return known && split(known, text);
    }),
  ],
  [
    'regex.replace',
    ofTexts((text = '', pattern = '', template = '') => {
      const known = patternOf(pattern);
      return known && replace(text, known, template);
    }),
  ],
  ['regex.find_n', find((matches) => matches.map(({ groups }) => groups[0] ?? ''))],
  ['regex.find_all_string_submatch_n', find((matches) => matches.map(({ groups }) => [...groups]))],
];

function find(shape: (matches: readonly Match[]) => RegoValue[]) {
  return ofValues(([pattern, text, limit]) => {
    const most = limitOf(limit);
    if (typeof pattern !== 'string' || typeof text !== 'string' || most === undefined) return undefined;
    const known = patternOf(pattern);
    return known && shape(allMatches(known, text, most));
  });
}
