import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { type Algorithm, type BundleKey, signaturesFile, signaturesOf, verifySignatures } from './signatures.ts';
import { readTar, type TarEntry } from './tar.ts';

const limits = { entries: 100, fileBytes: 1_000_000 };
const fixture = (name: string) => readFile(new URL(`fixtures/${name}`, import.meta.url));

/** Signed by `opa sign` 1.22.2; the data has what two languages may write in two ways. */
async function signedBy(algorithm: Algorithm): Promise<TarEntry[]> {
  const entries = readTar(gunzipSync(await fixture(`signed-${algorithm.toLowerCase()}.tar.gz`)), limits);
  if ('message' in entries) throw new Error(entries.message);
  return [...entries];
}
async function keyOf(algorithm: Algorithm): Promise<BundleKey> {
  const key = algorithm === 'HS256' ? 'secret' : (await fixture(`${algorithm.toLowerCase()}.pem`)).toString();
  return { key, algorithm, scope: 'write' };
}
const changed = (entries: readonly TarEntry[], name: string, text: string) =>
  entries.map((one) => (one.name === name ? { name, bytes: Buffer.from(text) } : one));

describe.each(['RS256', 'ES256', 'HS256'] as const)('%s', (algorithm) => {
  test('what opa signed is genuine', async () => {
    expect(verifySignatures(await signedBy(algorithm), { ci: await keyOf(algorithm) })).toBe('');
  });

  test('a file that was changed, left out or added', async () => {
    const keys = { ci: await keyOf(algorithm) };
    const entries = await signedBy(algorithm);
    expect(verifySignatures(changed(entries, '/a.rego', 'package x'), keys)).toBe('/a.rego is not what was signed');
    const missing = entries.filter(({ name }) => name !== '/data.json');
    expect(verifySignatures(missing, keys)).toBe('/data.json was signed and is missing');
    const more = [...entries, { name: '/b.rego', bytes: Buffer.from('package b') }];
    expect(verifySignatures(more, keys)).toBe('/b.rego is not part of the signature');
  });

  test('another key, another name, another scope', async () => {
    const entries = await signedBy(algorithm);
    const key = await keyOf(algorithm);
    const pair = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const other = { ...key, key: algorithm === 'HS256' ? 'other' : pair.publicKey };
    expect(verifySignatures(entries, { ci: other })).toBe('the signature is wrong');
    expect(verifySignatures(entries, { other: key })).toContain('which is not configured');
    expect(verifySignatures(entries, { ci: { ...key, scope: '' } })).toContain('not for the scope');
  });
});

test('the token does not choose how it is checked: a public key is no shared secret', async () => {
  const rsa = await keyOf('RS256');
  const entries = (await signedBy('RS256')).filter(({ name }) => name !== signaturesFile);
  const forged = signaturesOf(entries, { key: rsa.key, algorithm: 'HS256', scope: 'write' }, 'ci');
  const all = [...entries, { name: signaturesFile, bytes: Buffer.from(forged) }];
  expect(verifySignatures(all, { ci: rsa })).toBe('the signature is wrong');
});

test.each([
  ['none', undefined],
  ['no JSON', '{'],
  ['two signatures', '{"signatures": ["a.b.c", "a.b.c"]}'],
  ['no token', '{"signatures": ["a"]}'],
  ['a token of nothing', '{"signatures": ["..\u0000"]}'],
])('signatures that are none: %s', async (_, text) => {
  const entries = await signedBy('RS256');
  const without =
    text === undefined ? entries.filter(({ name }) => name !== signaturesFile) : changed(entries, signaturesFile, text);
  expect(verifySignatures(without, { ci: await keyOf('RS256') })).not.toBe('');
});

test('what is signed here is genuine, and white space in data does not count', () => {
  const entries = [{ name: '/data.json', bytes: Buffer.from('{"b": 1.50, "a": {"10": 1, "9": 2}}') }];
  const key: BundleKey = { key: 'k', algorithm: 'HS256', scope: '' };
  const all = [...entries, { name: signaturesFile, bytes: Buffer.from(signaturesOf(entries, key, 'x')) }];
  expect(verifySignatures(changed(all, '/data.json', '{"a":{"9":2,"10":1},"b":1.50}'), { x: key })).toBe('');
  expect(verifySignatures(changed(all, '/data.json', '{"a":{"9":2,"10":1},"b":1.5}'), { x: key })).not.toBe('');
});
