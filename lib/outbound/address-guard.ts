/** Keeps requests to addresses of others away from what only this machine or its network should reach (SSRF). */
import { lookup } from 'node:dns';
import { BlockList, isIPv6, type LookupFunction } from 'node:net';
import { elavaError } from '../errors.ts';

/** IANA's special-purpose registries: loopback, private, link-local (the cloud's metadata), shared, documentation, multicast. */
const nets4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const;
const nets6 = [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const;

const inside = new BlockList();
for (const [net, bits] of nets4) inside.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of nets6) inside.addSubnet(net, bits, 'ipv6');

/** True for an address that is not on the public internet; an IPv4 address inside an IPv6 one is judged as itself. */
export function isInside(address: string): boolean {
  const mapped = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(address);
  if (mapped) return isInside(mapped[1] ?? fromHex(mapped[2] ?? '0', mapped[3] ?? '0'));
  return inside.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function fromHex(high: string, low: string): string {
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

/**
 * A lookup that gives no inside address: the check is made on what the socket connects to, so a name that answers
 * differently a second time gains nothing. Errors: CHANNEL_ADDRESS.
 */
export const publicLookup: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 4);
    const [first] = addresses;
    const bad = addresses.find(({ address }) => isInside(address));
    if (bad || !first) return callback(addressError(`${host} is ${bad?.address ?? 'nowhere'}`), '', 4);
    if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

export function addressError(message: string): Error {
  return elavaError('CHANNEL_ADDRESS', `${message}, which a channel must not reach`);
}
