/**
 * Signatures of bundles: `.signatures.json` holds one JWT whose payload lists the digest of every file
 * (openpolicyagent.org/docs/management-bundles, "Signing").
 */
import { createHash, createHmac, createPrivateKey, createPublicKey, sign, timingSafeEqual, verify } from 'node:crypto';
import type { TarEntry } from './tar.ts';

export const algorithms = ['RS256', 'ES256', 'HS256'] as const;
export type Algorithm = (typeof algorithms)[number];

/** `key` is PEM for RS256 and ES256, the shared secret for HS256. */
export interface BundleKey {
  readonly key: string;
  readonly algorithm: Algorithm;
  /** What the signature must say that it is for; "" for nothing. */
  readonly scope: string;
}

export const signaturesFile = '/.signatures.json';

interface Signed {
  readonly name: string;
  readonly hash: string;
  readonly algorithm: string;
}

/** The bundle's `.signatures.json`. Errors: those of node:crypto for a key of the wrong kind. */
export function signaturesOf(entries: readonly TarEntry[], { key, algorithm, scope }: BundleKey, kid: string): string {
  const files = entries.map(({ name, bytes }): Signed => {
    // OPA names files without the `/` in front.
    return { name: name.slice(1), hash: digest('sha256', name, bytes), algorithm: 'SHA-256' };
  });
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: algorithm, kid, typ: 'JWT' })}.${encode({ files, ...(scope && { scope }) })}`;
  const signature = algorithm === 'HS256' ? mac(signed, key) : sign('sha256', Buffer.from(signed), privateKey(key));
  return `${JSON.stringify({ signatures: [`${signed}.${signature.toString('base64url')}`] })}\n`;
}

function privateKey(key: string) {
  return { key: createPrivateKey(key), dsaEncoding: 'ieee-p1363' as const };
}

function mac(text: string, key: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/**
 * Says what is wrong with the signature of a bundle, or "" when it is signed by one of the keys and every file is as it
 * was signed. The algorithm is the key's, never the token's: a token cannot choose how it is checked.
 */
export function verifySignatures(entries: readonly TarEntry[], keys: Readonly<Record<string, BundleKey>>): string {
  const file = entries.find(({ name }) => name === signaturesFile);
  if (!file) return 'the bundle is not signed';
  const token = tokenOf(file.bytes);
  if (token === undefined) return '.signatures.json must hold exactly one signature';
  const [head, body, signature] = token.split('.') as [string, string, string];
  const kid = textOf(fieldOf(head, 'kid') ?? fieldOf(body, 'keyid'));
  const key = new Map(Object.entries(keys)).get(kid);
  if (!key) return `the bundle is signed with the key "${kid}", which is not configured`;
  if (!isGenuine(`${head}.${body}`, Buffer.from(signature, 'base64url'), key)) return 'the signature is wrong';
  if (textOf(fieldOf(body, 'scope')) !== key.scope) return `the signature is not for the scope "${key.scope}"`;
  return compare(entries, fieldOf(body, 'files'));
}

function tokenOf(bytes: Uint8Array): string | undefined {
  const { signatures } = parse(Buffer.from(bytes).toString()) as { signatures?: unknown };
  const [token] = Array.isArray(signatures) && signatures.length === 1 ? signatures : [];
  return typeof token === 'string' && token.split('.').length === 3 ? token : undefined;
}

function fieldOf(part: string, field: string): unknown {
  const value = parse(Buffer.from(part, 'base64url').toString());
  return Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : undefined;
}

/** An object, empty for anything else. */
function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function isGenuine(signed: string, signature: Buffer, { key, algorithm }: BundleKey): boolean {
  if (algorithm === 'HS256') {
    const expected = mac(signed, key);
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  }
  try {
    const known = createPublicKey(key);
    const fits = known.asymmetricKeyType === (algorithm === 'RS256' ? 'rsa' : 'ec');
    return fits && verify('sha256', Buffer.from(signed), { key: known, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
}

function compare(entries: readonly TarEntry[], files: unknown): string {
  const listed = Array.isArray(files) ? (files as Partial<Record<keyof Signed, unknown>>[]) : [];
  const signed = new Map(listed.map((one) => [cleanName(one.name), one]));
  for (const { name, bytes } of entries) {
    if (name === signaturesFile) continue;
    const one = signed.get(name);
    if (!one) return `${name} is not part of the signature`;
    const hash = hashes[textOf(one.algorithm)];
    if (!hash) return `${name} is signed with "${textOf(one.algorithm)}"`;
    if (digest(hash, name, bytes) !== textOf(one.hash).toLowerCase()) return `${name} is not what was signed`;
    signed.delete(name);
  }
  const [missing] = signed.keys();
  return missing === undefined ? '' : `${missing} was signed and is missing`;
}

function cleanName(name: unknown): string {
  return `/${textOf(name).replace(/^\/+/, '')}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const hashes: Readonly<Record<string, string>> = {
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

const structured = new Set(['data.json', '.manifest']);

/** Of documents, OPA digests the value and not its text: keys in order, no white space, numbers as they are written. */
function digest(algorithm: string, name: string, bytes: Uint8Array): string {
  const hash = createHash(algorithm);
  if (!structured.has(name.split('/').at(-1) ?? '')) return hash.update(bytes).digest('hex');
  try {
    return hash.update(canonical(Buffer.from(bytes).toString())).digest('hex');
  } catch {
    return '';
  }
}

type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;

/** ECMAScript's JSON.rawJSON and source text access, which TypeScript's library does not know yet. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

function canonical(text: string): string {
  const asWritten: Reviver = (_, value, { source }) =>
    typeof value === 'number' && source !== undefined ? rawJSON(source) : value;
  return write(JSON.parse(text, asWritten as Parameters<typeof JSON.parse>[1]));
}

/** By hand: an object of JavaScript keeps keys that look like numbers in an order of its own. */
function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  // Raw numbers are objects without a prototype.
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) === null) return primitive(value);
  const keys = Object.keys(value).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${keys.map((key) => `${primitive(key)}:${write((value as Record<string, unknown>)[key])}`).join(',')}}`;
}

/** Go writes these two as escapes even where it escapes no HTML, and JavaScript does not. */
function primitive(value: unknown): string {
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
