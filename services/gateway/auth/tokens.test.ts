import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { loadConfig } from '../../../lib/config/load.ts';
import { codeOf } from '../../../lib/errors.ts';
import { TokenVerifier } from './tokens.ts';

const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
const claims = { sub: 'ada', elava_role: 'operator', elava_tenants: ['alpha'] };
let issuer: Server;
let at: string;
let verifier: TokenVerifier;
const silent = new Set<string>();
const asked: string[] = [];

beforeAll(async () => {
  const own = await exportJWK(publicKey);
  // The second says nothing of how it may be used: what may is for the settings to say.
  const keys = [
    { ...own, kid: 'k1', alg: 'RS256', use: 'sig' },
    { ...own, kid: 'any' },
  ];
  issuer = createServer(({ url = '' }, response) => {
    asked.push(url);
    if (silent.has(url)) response.statusCode = 503;
    const isConfiguration = url === '/.well-known/openid-configuration';
    response.end(JSON.stringify(isConfiguration ? { jwks_uri: `${at}/jwks` } : { keys }));
  }).listen(0, '127.0.0.1');
  await once(issuer, 'listening');
  at = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  verifier = verifierOf();
});
afterAll(() => {
  issuer.close();
});

function verifierOf(): TokenVerifier {
  const flags = { 'gateway.auth.issuer': at, 'gateway.auth.audience': 'elava' };
  return new TokenVerifier(loadConfig({ env: {}, cwd: '/', flags }).config.gateway.auth);
}

interface Made {
  readonly claims?: Record<string, unknown>;
  readonly head?: Record<string, unknown>;
  readonly key?: Parameters<SignJWT['sign']>[0];
  readonly expires?: string;
}
function token({ claims: more = {}, head = {}, key = privateKey, expires = '5m' }: Made = {}): Promise<string> {
  return new SignJWT({ iss: at, aud: 'elava', ...claims, ...more })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1', typ: 'at+jwt', ...head })
    .setExpirationTime(expires)
    .sign(key);
}
async function verdict(made: string, by = verifier): Promise<unknown> {
  return by.principalOf(made, Date.now()).catch(codeOf);
}

test('an access token of the issuer is its user, with role and tenants of its claims', async () => {
  expect(await verdict(await token())).toEqual({ id: 'user:ada', role: 'operator', tenants: ['alpha'] });
});

test('of several roles the strongest counts, and clocks may differ by half a minute', async () => {
  const made = token({ claims: { elava_role: ['viewer', 'admin', 'king'] }, expires: '-20s' });
  expect(await verdict(await made)).toMatchObject({ role: 'admin' });
});

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
test.each<[string, () => Promise<string> | string]>([
  ['unsigned', () => new UnsecuredJWT({ iss: at, aud: 'elava', ...claims }).setExpirationTime('5m').encode()],
  [
    'signed with the public key as a secret',
    async () =>
      token({ head: { alg: 'HS256' }, key: new TextEncoder().encode(JSON.stringify(await exportJWK(publicKey))) }),
  ],
  [
    'signed in a way that the settings do not name',
    async () => {
      const key = await importJWK(await exportJWK(privateKey), 'PS256');
      return token({ head: { alg: 'PS256', kid: 'any' }, key });
    },
  ],
  ['expired', () => token({ expires: '-2m' })],
  ['not yet valid', () => token({ claims: { nbf: inSeconds(300) } })],
  ['of another issuer', () => token({ claims: { iss: 'https://elsewhere.example' } })],
  ['for another audience', () => token({ claims: { aud: 'other' } })],
  ['of another type', () => token({ head: { typ: 'JWT' } })],
  ['an ID token', () => token({ claims: { nonce: 'n' } })],
  ["nobody's", () => token({ claims: { sub: undefined } })],
  ['with no role', () => token({ claims: { elava_role: 'king' } })],
  ['changed after it was signed', async () => `${(await token()).slice(0, -4)}AAAA`],
  ['no token', () => 'eyJhbGciOiJSUzI1NiJ9.e30'],
])('a token that is %s is refused', async (_, make) => {
  expect(await verdict(await make())).toBe('UNAUTHENTICATED');
});

test('a key or an address of keys inside the token is not looked at', async () => {
  const evil = await generateKeyPair('RS256', { extractable: true });
  const head = { jku: `${at}/evil`, x5u: `${at}/evil`, jwk: await exportJWK(evil.publicKey) };
  expect(await verdict(await token({ head, key: evil.privateKey }))).toBe('UNAUTHENTICATED');
  expect(await verdict(await token({ head: { ...head, kid: 'evil' }, key: evil.privateKey }))).toBe('UNAUTHENTICATED');
  expect(asked).not.toContain('/evil');
});

test.each(['/.well-known/openid-configuration', '/jwks'])(
  'an issuer without %s is no fault of the token',
  async (url) => {
    const fresh = verifierOf();
    silent.add(url);
    expect(await verdict(await token(), fresh)).toBe('AUTH_UNAVAILABLE');
    silent.clear();
    expect(await verdict(await token(), fresh)).toMatchObject({ id: 'user:ada' });
  },
);
