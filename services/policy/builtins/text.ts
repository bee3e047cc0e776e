/** strings.* that the compiled policy does not have, and `concat`, whose sets have an order in OPA. */
import { sortedSet } from '../host/order.ts';
import type { RegoValue } from '../host/values.ts';
import { checkLength, type Entries, ofTexts, ofValues, smallIntegerOf } from './define.ts';

/** A string, or those of a list or set; undefined when anything else is among them. */
function textsOf(value: RegoValue | undefined): string[] | undefined {
  if (typeof value === 'string') return [value];
  const elements = value instanceof Set ? sortedSet(value) : value;
  if (!Array.isArray(elements)) return undefined;
  return elements.every((element) => typeof element === 'string') ? elements : undefined;
}

function anyMatch(test: (text: string, affix: string) => boolean) {
  return ofValues(([search, base]) => {
    const [texts, affixes] = [textsOf(search), textsOf(base)];
    return texts && affixes && texts.some((text) => affixes.some((affix) => test(text, affix)));
  });
}

function join([delimiter, list]: readonly RegoValue[]): RegoValue | undefined {
  const texts = typeof list === 'string' ? undefined : textsOf(list);
  if (typeof delimiter !== 'string' || !texts) return undefined;
  checkLength('concat', texts.length * delimiter.length);
  return texts.join(delimiter);
}

/** A text's length as OPA counts it. */
function pointsIn(text: string): number {
  return Array.from(text).length;
}

/** Overlapping ones too; places count code points. */
function indexesOf(text: string, search: string): RegoValue | undefined {
  if (search === '') return undefined;
  const found: number[] = [];
  let points = 0;
  let at = 0;
  for (let next = text.indexOf(search); next >= 0; next = text.indexOf(search, next + 1)) {
    points += pointsIn(text.slice(at, next));
    found.push(points);
    at = next;
  }
  return found;
}

/** Without overlaps; an empty text is found between all code points. */
function count(text: string, search: string): number {
  return search === '' ? pointsIn(text) + 1 : text.split(search).length - 1;
}

/** The first n parts, or with a negative n the last ones. */
function splitN([text, delimiter, limit]: readonly RegoValue[]): RegoValue | undefined {
  const n = smallIntegerOf(limit);
  if (typeof text !== 'string' || typeof delimiter !== 'string' || n === undefined) return undefined;
  const parts = delimiter === '' ? [...text] : text.split(delimiter);
  if (n < 0) return parts.slice(Math.max(parts.length + n, 0));
  return parts.slice(0, n);
}

export const textBuiltins: Entries = [
  ['concat', ofValues(join)],
  ['indexof_n', ofTexts((text = '', search = '') => indexesOf(text, search))],
  ['strings.any_prefix_match', anyMatch((text, prefix) => text.startsWith(prefix))],
  ['strings.any_suffix_match', anyMatch((text, suffix) => text.endsWith(suffix))],
  ['strings.count', ofTexts((text = '', search = '') => count(text, search))],
  ['strings.split_n', ofValues(splitN)],
  ['glob.quote_meta', ofTexts((text = '') => text.replace(/[*?\\[\]{}]/g, '\\$&'))],
];
