/** net.cidr_*: OPA's answers, which are those of Go's net package. */
import { elavaError } from '../../../lib/errors.ts';
import type { RegoValue } from '../host/values.ts';
import {
  addressText,
  contains,
  firstOf,
  lastOf,
  masked,
  type Network,
  parseAddress,
  parseNetwork,
} from './addresses.ts';
import { mergeNetworks } from './cidr-merge.ts';
import { type Entries, ofTexts, ofValues } from './define.ts';

/** Addresses that net.cidr_expand may list; a /12 is more than any policy has a use for. */
const maxExpanded = 1_048_576n;

/** An address, or all of a network. */
function holds(network: string, other: string): boolean | undefined {
  const outer = parseNetwork(network);
  if (!outer) return undefined;
  const address = parseAddress(other);
  if (address) return contains(outer, address);
  const inner = parseNetwork(other);
  if (!inner) return undefined;
  if (isPlainSix(outer) && isPlainSix(inner)) {
    return outer.prefix <= inner.prefix && masked(inner.value, outer.prefix, 128) === outer.value;
  }
  return contains(outer, firstOf(inner)) && contains(outer, firstOf({ ...inner, value: lastOf(inner) }));
}

function isPlainSix({ bits, value }: Network): boolean {
  return bits === 128 && value >> 32n !== 0xffffn;
}

function expand(text: string): RegoValue | undefined {
  const network = parseNetwork(text);
  if (!network) return undefined;
  const count = lastOf(network) - network.value + 1n;
  if (count > maxExpanded) throw elavaError('POLICY_EVALUATION', `net.cidr_expand of ${text} is ${count} addresses`);
  const { bits, value } = network;
  return new Set(Array.from({ length: Number(count) }, (_, i) => addressText({ bits, value: value + BigInt(i) })));
}

/** What is matched, and how the result names it: a string itself, an element by its index, key or value. */
function* matchables(value: RegoValue | undefined): Generator<readonly [cidr: RegoValue, name: RegoValue]> {
  const first = (element: RegoValue): RegoValue => (Array.isArray(element) ? (element[0] ?? null) : element);
  if (typeof value === 'string') yield [value, value];
  else if (Array.isArray(value)) for (const [i, element] of value.entries()) yield [first(element), i];
  else if (value instanceof Set) for (const element of value) yield [first(element), element];
  else if (value instanceof Map) for (const [key, element] of value) yield [first(element), key];
}

function containsMatches(args: readonly RegoValue[]): RegoValue | undefined {
  const found: RegoValue[] = [];
  for (const [network, name] of matchables(args[0])) {
    for (const [other, otherName] of matchables(args[1])) {
      if (typeof network !== 'string' || typeof other !== 'string') return undefined;
      const held = holds(network, other);
      if (held === undefined) return undefined;
      if (held) found.push([name, otherName]);
    }
  }
  return new Set(found);
}

export const cidrBuiltins: Entries = [
  ['net.cidr_contains', ofTexts((network = '', other = '') => holds(network, other))],
  [
    'net.cidr_intersects',
    ofTexts((a = '', b = '') => {
      const [left, right] = [parseNetwork(a), parseNetwork(b)];
      return left && right && (contains(left, firstOf(right)) || contains(right, firstOf(left)));
    }),
  ],
  ['net.cidr_is_valid', ([text]) => typeof text === 'string' && parseNetwork(text) !== undefined],
  ['net.cidr_expand', ofTexts((text = '') => expand(text))],
  ['net.cidr_contains_matches', ofValues(containsMatches)],
  ['net.cidr_merge', ofValues(([networks]) => mergeNetworks(networks))],
];
