/** The server with authentication: who is let in, who sees whom, and what streams say to whom. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { makeKey, readKeys, writeKeys } from '../../services/gateway/auth/api-keys.ts';
import type { Role } from '../../services/gateway/auth/principal.ts';
import { until } from '../support/until.ts';
import { listen as connectTo, opened } from './listener.ts';
import { bodyFor, filled, isOfTenant } from './openapi-calls.ts';
import { type Rig, rig } from './rig.ts';

const policy = (id: string): string =>
  `package tenants.${id}\n\nallow := {"allow": true, "reason": "sentinel-${id}"}\n`;

let edge: Rig;
let issuer: Server;
let issuerUrl: string;
let directory: string;
const keys: Record<string, string> = {};
const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });

const inAnHour = new Date(Date.now() + 3_600_000);
function key(id: string, role: Role, tenants: '*' | string[], expires = inAnHour) {
  const made = makeKey({ id, role, tenants, expires });
  keys[id] = made.key;
  return made.stored;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'elava-keys-'));
  const file = join(directory, 'keys.json');
  await writeKeys(file, [
    key('admin', 'admin', '*'),
    key('viewer', 'viewer', '*'),
    key('alpha', 'operator', ['alpha']),
    key('beta', 'operator', ['beta']),
    key('old', 'admin', '*', new Date(Date.now() - 1000)),
  ]);
  const published = JSON.stringify({
    keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }],
  });
  issuer = createServer((_, response) => {
    response.end(published);
  }).listen(0, '127.0.0.1');
  await once(issuer, 'listening');
  issuerUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  edge = await rig(
    {
      'gateway.auth.keys': file,
      'gateway.auth.issuer': issuerUrl,
      'gateway.auth.jwks': `${issuerUrl}/jwks`,
      'gateway.origins': ['https://ops.example.com'],
      'gateway.streams': 12,
    },
    { alpha: policy('alpha'), beta: policy('beta') },
  );
});
afterAll(async () => {
  await edge[Symbol.asyncDispose]();
  issuer.close();
  await rm(directory, { recursive: true, force: true });
});

const who = (credential: string | undefined) =>
  edge.call('/api/whoami', credential === undefined ? {} : { key: credential });

describe('keys', () => {
  test('a key is its principal, and only its hash is kept', async () => {
    expect((await who(keys['alpha'])).body).toEqual({ id: 'key:alpha', role: 'operator', tenants: ['alpha'] });
    const stored = await readKeys(join(directory, 'keys.json'));
    expect(JSON.stringify(stored)).not.toContain(keys['alpha']?.slice(-20));
  });

  test('one character off, expired, unknown or empty: 401 that says what is wanted, with no more', async () => {
    const off = `${keys['alpha']?.slice(0, -1)}${keys['alpha']?.endsWith('A') ? 'B' : 'A'}`;
    for (const credential of [off, keys['old'], 'elv_nobody_x', undefined]) {
      const { status, headers, body, text } = await who(credential);
      expect([status, headers.get('www-authenticate'), body.code]).toEqual([
        401,
        'Bearer realm="elava"',
        'UNAUTHENTICATED',
      ]);
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect(text).not.toMatch(/\.ts|stack/);
    }
  });

  test('a key that is taken out of the file stops working', async () => {
    const file = join(directory, 'keys.json');
    const before = await readKeys(file);
    await writeKeys(file, [...before, key('brief', 'viewer', '*')]);
    await until(
      async () => (await who(keys['brief'])).status,
      (status) => status === 200,
    );
    await writeKeys(file, before);
    await until(
      async () => (await who(keys['brief'])).status,
      (status) => status === 401 || status === 429,
    );
  });
});

describe('credentials', () => {
  // What else is wrong with a token is tried beside the code that checks it.
  test("the issuer's token is its user", async () => {
    const token = await new SignJWT({ sub: 'ada', elava_role: 'operator', elava_tenants: ['alpha'] })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1', typ: 'at+jwt' })
      .setIssuer(issuerUrl)
      .setAudience('elava')
      .setExpirationTime('5m')
      .sign(privateKey);
    expect((await who(token)).body).toEqual({ id: 'user:ada', role: 'operator', tenants: ['alpha'] });
  });

  test('ten wrong credentials a minute, then 429; right ones still pass', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => who('elv_nobody_x')));
    const last = answers.filter(({ status }) => status === 429);
    expect(last.length).toBeGreaterThan(0);
    expect(Number(last[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await who(keys['alpha'])).status).toBe(200);
  });
});

describe('roles and tenants', () => {
  test('a viewer changes nothing', async () => {
    const body = { name: 'x', kind: 'rego', text: 'package tenants.alpha' };
    expect(await edge.call('/api/policies/alpha/x', { body, key: keys['viewer'] as string })).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN' },
    });
  });

  test('one bound to tenants sees nothing of the estate', async () => {
    for (const path of ['/api/resources', '/api/changes', '/metrics']) {
      expect((await edge.call(path, { key: keys['alpha'] as string })).status).toBe(403);
    }
  });

  test("every route of the OpenAPI document, with another's credentials: as if the tenant were not there", async () => {
    const { paths } = (await edge.call('/openapi.json')).body as { paths: Record<string, Record<string, any>> };
    const tried: string[] = [];
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        if (operation['x-role'] === 'public') continue;
        const nobody = await edge.call(filled(path, 'beta'), { method: method.toUpperCase(), ...bodyFor(operation) });
        expect([path, method, nobody.status === 401 || nobody.status === 429]).toEqual([path, method, true]);
        if (!isOfTenant(path)) continue;
        const [theirs, unknown] = await Promise.all(
          ['beta', 'unknown'].map((tenant) =>
            edge.call(filled(path, tenant), {
              method: method.toUpperCase(),
              key: keys['alpha'] as string,
              ...bodyFor(operation, tenant),
            }),
          ),
        );
        expect([path, method, theirs?.status, theirs?.text]).toEqual([
          path,
          method,
          404,
          unknown?.text.replaceAll('unknown', 'beta'),
        ]);
        expect(theirs?.text).not.toContain('sentinel-beta');
        tried.push(`${method} ${path}`);
      }
    }
    expect(tried.length).toBeGreaterThanOrEqual(12);
    expect(edge.logged.some((line) => line.includes('authz.denied'))).toBe(true);
  });

  test('lists hold only what the caller sees', async () => {
    const { text } = await edge.call('/api/tenants', { key: keys['alpha'] as string });
    expect([text.includes('alpha'), text.includes('beta'), text.includes('tenant_a')]).toEqual([true, false, false]);
    expect((await edge.call('/v1/status', { key: keys['alpha'] as string })).text).not.toContain('beta');
  });
});

const bearer = (id: string) => ({ authorization: `Bearer ${keys[id]}` });
describe('streams', () => {
  const listen = (path: string, headers?: Record<string, string>) => connectTo(`${edge.ws}${path}`, headers);
  const path = '/v1/stream/decisions';
  const decide = (tenant: string) =>
    edge.call(`/v1/data/tenants/${tenant}/allow`, { body: { input: { n: 1 } }, key: keys[tenant] as string });

  test('no token, a token in the address, a foreign page, a ticket that is used twice', async () => {
    expect(await listen(path)).toBe(401);
    expect(await listen(`${path}?access_token=${keys['admin']}`)).toBe(401);
    expect(await listen(path, { ...bearer('admin'), origin: 'https://evil.example' })).toBe(403);
    opened(await listen(path, { ...bearer('admin'), origin: 'https://ops.example.com' })).socket.close();
    const { ticket } = (await edge.call('/api/tickets', { method: 'POST', key: keys['alpha'] as string })).body;
    const first = opened(await listen(`${path}?ticket=${ticket}`));
    expect(await listen(`${path}?ticket=${ticket}`)).toBe(401);
    first.socket.close();
  });

  test("who names no tenant gets their own, and another's is an error and the end", async () => {
    const alpha = opened(await listen(path, bearer('alpha')));
    await decide('beta');
    await decide('alpha');
    await until(
      () => alpha.messages.filter(({ type }) => type === 'decision'),
      (all) => all.length === 1,
    );
    expect(alpha.messages[0]).toMatchObject({ type: 'connected', message: 'Decision stream ready' });
    expect(JSON.stringify(alpha.messages)).not.toContain('beta');
    alpha.socket.send(JSON.stringify({ type: 'subscribe', tenant_id: 'beta' }));
    expect(await alpha.closed).toBe(1008);
    expect(alpha.messages.at(-1)).toMatchObject({ type: 'error', code: 'TENANT_UNKNOWN' });
    const all = opened(await listen(`${path}?tenant_id=*`, bearer('alpha')));
    expect(await all.closed).toBe(1008);
  });

  test('a stream goes on after the number that was seen last', async () => {
    const first = opened(await listen(`${path}?tenant_id=alpha`, bearer('alpha')));
    await decide('alpha');
    const [seen] = await until(
      () => first.messages.filter(({ type }) => type === 'decision'),
      (all) => all.length === 1,
    );
    first.socket.close();
    await decide('alpha');
    await decide('alpha');
    const epoch = first.messages[0].epoch;
    const again = opened(await listen(`${path}?tenant_id=alpha&since=${seen.seq}&epoch=${epoch}`, bearer('alpha')));
    const resumed = await until(
      () => again.messages.filter(({ type }) => type === 'decision'),
      (all) => all.length === 2,
    );
    expect(resumed.map(({ seq }) => seq)).toEqual([seen.seq + 1, seen.seq + 2]);
    again.socket.close();
    const other = opened(await listen(`${path}?tenant_id=alpha&since=${seen.seq}&epoch=another`, bearer('alpha')));
    await until(
      () => other.messages,
      (all) => all.some(({ type }) => type === 'gap'),
    );
    other.socket.close();
  });

  test('a message of a megabyte, and too many of them, end the connection', async () => {
    // A client that goes on sending may see the connection broken before it reads why.
    await until(
      async () => {
        const large = opened(await listen(path, bearer('alpha')));
        large.socket.send('x'.repeat(1_048_576));
        return large.closed;
      },
      (code) => code === 1009,
    );
    const busy = opened(await listen(path, bearer('alpha')));
    for (let i = 0; i < 300; i++) busy.socket.ping();
    expect([1008, 1006]).toContain(await busy.closed);
  });

  test('more listeners than may are refused', async () => {
    const all = await Promise.all(Array.from({ length: 14 }, () => listen(path, bearer('alpha'))));
    expect(all.filter((one) => one === 503).length).toBeGreaterThan(0);
    for (const one of all) if (typeof one !== 'number') one.socket.terminate();
    await until(
      () => edge.metrics.streamClients.get(),
      ({ values }) => values.every(({ value }) => value === 0),
    );
  });

  test('Server-Sent Events carry the same, with an id to resume from', async () => {
    const stop = new AbortController();
    const response = await fetch(`${edge.url}${path}?tenant_id=alpha`, {
      headers: bearer('alpha'),
      signal: stop.signal,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    await decide('alpha');
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes('"decision"')) break;
    }
    stop.abort();
    expect(text).toMatch(/id: [0-9a-f-]{36}\/alpha\/\d+\ndata: \{"type":"decision"/);
  });
});

describe('the server itself', () => {
  test('pages of other origins are refused, also where nobody has to log in', async () => {
    const headers = { origin: 'https://evil.example' };
    expect(
      (await edge.call('/v1/data/tenants/alpha/allow', { body: {}, headers, key: keys['alpha'] as string })).status,
    ).toBe(403);
  });

  test('a head of 64 KiB, a length twice, a path that is badly encoded', async () => {
    const say = (text: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(Number(new URL(edge.url).port), '127.0.0.1', () => socket.end(text));
        let answer = '';
        socket
          .on('data', (data) => (answer += String(data)))
          .on('close', () => resolve(answer.slice(0, 12)))
          .on('error', () => resolve(answer.slice(0, 12)));
      });
    expect(await say(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(65_536)}\r\n\r\n`)).toBe('HTTP/1.1 431');
    const both =
      'POST /v1/data HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n';
    expect(await say(both)).toBe('HTTP/1.1 400');
    expect((await edge.call('/api/tenants/%zz', { key: keys['admin'] as string })).status).toBe(400);
  });

  test('actions of the broker have no address', async () => {
    for (const path of ['/$node/services', '/~node/list', '/api/$node/list', '/tenants.evaluate', '/history.status']) {
      expect((await edge.call(path, { key: keys['admin'] as string })).status).toBe(404);
    }
  });

  test('the page that reads the API runs nothing but its own files', async () => {
    const { headers, text } = await edge.call('/docs');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(text).not.toMatch(/<script>|https?:\/\//);
  });

  test('no secret in the log', () => {
    const logged = edge.logged.join('');
    for (const secret of Object.values(keys)) expect(logged).not.toContain(secret);
  });
});
