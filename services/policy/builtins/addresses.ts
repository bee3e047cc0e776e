/** IP addresses and networks as numbers. */
import { isIP } from 'node:net';

/** `bits` is 32 or 128; an IPv4 address inside of IPv6 (::ffff:10.0.0.1) is the IPv4 address, as in Go. */
export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}
export interface Network extends Address {
  readonly prefix: number;
}

/** Undefined for what is no address. Zones (fe80::1%eth0) are none. */
export function parseAddress(text: string): Address | undefined {
  const family = text.includes('%') ? 0 : isIP(text);
  if (family === 4) return { bits: 32, value: fourOf(text) };
  if (family !== 6) return undefined;
  const value = sixOf(text);
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
}

/** `address/prefix`; the bits after the prefix are cleared. Not mapped to IPv4: ::ffff:0:0/96 is written as IPv6. */
export function parseNetwork(text: string): Network | undefined {
  const [, host = '', digits = ''] = /^([^/%]*)\/(0*[0-9]{1,3})$/.exec(text) ?? [];
  const family = isIP(host);
  const prefix = Number(digits);
  if (family === 4 && prefix <= 32) return { bits: 32, prefix, value: masked(fourOf(host), prefix, 32) };
  if (family === 6 && prefix <= 128) return { bits: 128, prefix, value: masked(sixOf(host), prefix, 128) };
  return undefined;
}

export function masked(value: bigint, prefix: number, bits: number): bigint {
  const free = BigInt(bits - prefix);
  return (value >> free) << free;
}

export function lastOf({ value, prefix, bits }: Network): bigint {
  return value | ((1n << BigInt(bits - prefix)) - 1n);
}

/** As Go's IPNet.Contains: a network of ::ffff:0:0/96 and below is one of IPv4. */
export function contains(network: Network, address: Address): boolean {
  const own = asFour(network);
  return own.bits === address.bits && masked(address.value, own.prefix, own.bits) === own.value;
}

/** The address that a network begins with, in its shortest family. */
export function firstOf({ bits, value }: Network): Address {
  return bits === 128 && value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits, value };
}

function asFour(network: Network): Network {
  const isMapped = network.bits === 128 && network.prefix >= 96 && network.value >> 32n === 0xffffn;
  return isMapped ? { bits: 32, prefix: network.prefix - 96, value: network.value & 0xffffffffn } : network;
}

export function addressText({ bits, value }: Address): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  return shortened(groups);
}

/** RFC 5952: the longest run of at least two zeros, the first of equals, becomes `::`. */
function shortened(groups: readonly string[]): string {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}

function fourOf(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function sixOf(text: string): bigint {
  const tail = /[0-9.]+$/.exec(text)?.[0] ?? '';
  const four = tail.includes('.') ? fourOf(tail) : undefined;
  const six =
    four === undefined
      ? text
      : `${text.slice(0, -tail.length)}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`;
  const [head = '', rest] = six.split('::');
  const groupsOf = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [before, after] = [groupsOf(head), groupsOf(rest ?? '')];
  const zeros = Array.from({ length: rest === undefined ? 0 : 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}
