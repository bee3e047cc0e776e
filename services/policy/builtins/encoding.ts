/** Encodings and digests. Bytes that are not UTF-8 become U+FFFD: a policy's strings are text. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { sortedSet } from '../host/order.ts';
import type { RegoObject, RegoValue } from '../host/values.ts';
import { type Entries, ofTexts, ofValues } from './define.ts';

function hash(algorithm: string) {
  return ofTexts((text = '') => createHash(algorithm).update(text).digest('hex'));
}

function hmac(algorithm: string) {
  return ofTexts((text = '', key = '') => createHmac(algorithm, key).update(text).digest('hex'));
}

function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** Go's url.QueryEscape: a space is `+`, and only letters, digits and -_.~ stand for themselves. */
function queryEncode(text: string): string {
  const escaped = encodeURIComponent(text.toWellFormed());
  return escaped
    .replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

function queryDecode(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  const bytes = text
    .replaceAll('+', ' ')
    .replace(/%([0-9A-Fa-f]{2})|[^%]+/g, (all, hex: string | undefined) =>
      hex === undefined ? Buffer.from(all).toString('latin1') : String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(bytes, 'latin1').toString();
}

function encodeObject([object]: readonly RegoValue[]): RegoValue | undefined {
  if (!(object instanceof Map)) return undefined;
  const pairs: string[] = [];
  for (const key of [...object.keys()].map(String).sort()) {
    const value = object.get(key);
    const values = value instanceof Set ? sortedSet(value) : Array.isArray(value) ? value : [value];
    if (!values.every((one) => typeof one === 'string')) return undefined;
    pairs.push(...values.map((one) => `${queryEncode(key)}=${queryEncode(one)}`));
  }
  return pairs.join('&');
}

function decodeObject(text: string): RegoValue | undefined {
  const object: RegoObject = new Map();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    // Go refuses semicolons, which some take for separators.
    if (pair.includes(';')) return undefined;
    const at = pair.indexOf('=');
    const key = queryDecode(at < 0 ? pair : pair.slice(0, at));
    const value = queryDecode(at < 0 ? '' : pair.slice(at + 1));
    if (key === undefined || value === undefined) return undefined;
    object.set(key, [...((object.get(key) as RegoValue[] | undefined) ?? []), value]);
  }
  return object;
}

export const encodingBuiltins: Entries = [
  ['base64url.encode_no_pad', ofTexts((text = '') => Buffer.from(text).toString('base64url'))],
  ['hex.encode', ofTexts((text = '') => Buffer.from(text).toString('hex'))],
  [
    'hex.decode',
    ofTexts((text = '') => (/^(?:[0-9A-Fa-f]{2})*$/.test(text) ? Buffer.from(text, 'hex').toString() : undefined)),
  ],
  ['urlquery.encode', ofTexts((text = '') => queryEncode(text))],
  ['urlquery.decode', ofTexts((text = '') => queryDecode(text))],
  ['urlquery.encode_object', ofValues(encodeObject)],
  ['urlquery.decode_object', ofTexts((text = '') => decodeObject(text))],
  ['crypto.md5', hash('md5')],
  ['crypto.sha1', hash('sha1')],
  ['crypto.sha256', hash('sha256')],
  ['crypto.hmac.md5', hmac('md5')],
  ['crypto.hmac.sha1', hmac('sha1')],
  ['crypto.hmac.sha256', hmac('sha256')],
  ['crypto.hmac.sha512', hmac('sha512')],
  ['crypto.hmac.equal', ofTexts((a = '', b = '') => equal(a, b))],
];
