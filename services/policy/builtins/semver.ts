/** Semantic versions, https://semver.org, as OPA reads them: 64-bit numbers, a `v` in front allowed. */
import { compareText } from '../host/order.ts';
import { type Entries, ofTexts } from './define.ts';

interface Version {
  readonly numbers: readonly bigint[];
  /** Identifiers of the pre-release, none for a release. */
  readonly pre: readonly string[];
}

const number = '(0|[1-9][0-9]{0,18})';
const identifiers = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const shape = new RegExp(`^v?${number}\\.${number}\\.${number}(?:-(${identifiers}))?(?:\\+${identifiers})?$`);
const decimal = /^[0-9]+$/;
const largest = 2n ** 63n - 1n;

function parse(text: string): Version | undefined {
  const [all, major = '', minor = '', patch = '', pre] = shape.exec(text) ?? [];
  const numbers = [major, minor, patch].map(BigInt);
  const parts = pre?.split('.') ?? [];
  const zero = parts.some((part) => part.length > 1 && part.startsWith('0') && decimal.test(part));
  return all === undefined || zero || numbers.some((one) => one > largest) ? undefined : { numbers, pre: parts };
}

function compareIdentifiers(a: string, b: string): number {
  const numeric = [a, b].map((one) => decimal.test(one));
  if (numeric[0] && numeric[1]) return a.length - b.length || compareText(a, b);
  // A number is lower than a word.
  if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1;
  return compareText(a, b);
}

function comparePre(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = compareIdentifiers(a[i] ?? '', b[i] ?? '');
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compare(a: Version, b: Version): number {
  for (const [i, one] of a.numbers.entries()) {
    const other = b.numbers[i] ?? 0n;
    if (one !== other) return one < other ? -1 : 1;
  }
  return Math.sign(comparePre(a.pre, b.pre));
}

export const semverBuiltins: Entries = [
  ['semver.is_valid', ([text]) => typeof text === 'string' && parse(text) !== undefined],
  [
    'semver.compare',
    ofTexts((a = '', b = '') => {
      const [left, right] = [parse(a), parse(b)];
      return left && right && compare(left, right);
    }),
  ],
];
