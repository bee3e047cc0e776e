/** The smallest list of networks that covers the same addresses. */
import type { RegoValue } from '../host/values.ts';
import { addressText, lastOf, type Network, parseAddress, parseNetwork } from './addresses.ts';

interface Range {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

/** A list or a set of networks and IPv4 addresses; an address stands for its network of old (class A, B or C). */
export function mergeNetworks(value: RegoValue | undefined): RegoValue | undefined {
  if (!Array.isArray(value) && !(value instanceof Set)) return undefined;
  const ranges: Range[] = [];
  for (const element of value) {
    const network = typeof element === 'string' ? networkOf(element) : undefined;
    if (!network) return undefined;
    ranges.push({ bits: network.bits, first: network.value, last: lastOf(network) });
  }
  const merged = [
    ...join(ranges.filter(({ bits }) => bits === 32)),
    ...join(ranges.filter(({ bits }) => bits === 128)),
  ];
  return new Set(merged.flatMap(networksOf));
}

function networkOf(text: string): Network | undefined {
  const address = parseAddress(text);
  if (!address) return parseNetwork(text);
  if (address.bits === 128) return undefined;
  const top = address.value >> 24n;
  const prefix = top < 128n ? 8 : top < 192n ? 16 : 24;
  return parseNetwork(`${addressText(address)}/${prefix}`);
}

function join(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const joined: Range[] = [];
  for (const range of sorted) {
    const before = joined.at(-1);
    if (!before || range.first > before.last + 1n) joined.push(range);
    else joined[joined.length - 1] = { ...before, last: range.last > before.last ? range.last : before.last };
  }
  return joined;
}

/** The fewest networks that are the range. */
function networksOf({ bits, first, last }: Range): string[] {
  const found: string[] = [];
  for (let at = first; at <= last; ) {
    let free = 0;
    while (free < bits && at % (1n << BigInt(free + 1)) === 0n && at + (1n << BigInt(free + 1)) - 1n <= last) free++;
    found.push(`${addressText({ bits, value: at })}/${bits - free}`);
    at += 1n << BigInt(free);
  }
  return found;
}
