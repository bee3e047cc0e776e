import { readFileSync } from 'node:fs';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { dashboardRoute, pagePaths } from './dashboard.ts';
import { encodingFor } from './dashboard-files.ts';

let server: FastifyInstance;
beforeAll(async () => {
  server = Fastify();
  // The route asks for nothing of the services: its files hold no data.
  await dashboardRoute(server, {} as never);
});
afterAll(() => server.close());

describe('the dashboard', () => {
  test('has the pages that it serves', () => {
    const source = readFileSync(new URL('../../web/src/pages.ts', import.meta.url), 'utf8');
    const declared = [...source.matchAll(/path: '([^']+)'/g)].map(([, path]) => path);
    expect(declared).toEqual([...pagePaths]);
  });

  test.each([...pagePaths])('%s is the page, under a policy that lets in nothing from elsewhere', async (path) => {
    const answer = await server.inject({ url: `${path}?type=s3` });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-cache');
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
    expect(answer.headers['x-frame-options']).toBe('DENY');
  });

  test('its page names only files that are there, and has nothing inline', async () => {
    const { body } = await server.inject({ url: '/' });
    const files = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(files.length).toBeGreaterThan(3);
    for (const url of files) expect((await server.inject({ url })).statusCode).toBe(200);
    expect(body).not.toMatch(/<script>|<style|style=|onclick=/);
  });

  test.each([
    ['br', (body: Buffer) => brotliDecompressSync(body)],
    ['gzip', (body: Buffer) => gunzipSync(body)],
  ])('is sent as %s to who takes it, with the same content', async (encoding, unpacked) => {
    const plain = await server.inject({ url: '/' });
    const packed = await server.inject({ url: '/', headers: { 'accept-encoding': encoding } });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(packed.headers['content-encoding']).toBe(encoding);
    expect(unpacked(packed.rawPayload).toString()).toBe(plain.body);
    expect(packed.headers.vary).toBe('Accept-Encoding');
    expect(packed.headers.etag).not.toBe(plain.headers.etag);
  });

  test('is not sent again to who has it', async () => {
    const { etag } = (await server.inject({ url: '/' })).headers;
    for (const held of [String(etag), `W/${String(etag)}`, `"other", ${String(etag)}`, '*']) {
      const again = await server.inject({ url: '/', headers: { 'if-none-match': held } });
      expect([again.statusCode, again.body]).toEqual([304, '']);
    }
    const other = await server.inject({ url: '/', headers: { 'if-none-match': '"other"' } });
    expect(other.statusCode).toBe(200);
  });

  test('lets files be kept for ever whose name says what is in them', async () => {
    const { body } = await server.inject({ url: '/' });
    const [asset = ''] = /\/assets\/[^"]+\.js/.exec(body) ?? [];
    const answer = await server.inject({ url: asset });
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  test('serves no other file', async () => {
    for (const url of [
      '/index.html.br',
      '/assets/../../package.json',
      '/assets/%2e%2e/index.html',
      '/web/src/main.tsx',
    ]) {
      expect((await server.inject({ url })).statusCode).toBe(404);
    }
  });
});

test.each([
  [undefined, 'identity'],
  ['', 'identity'],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['GZIP;q=0.5', 'gzip'],
  ['br;q=0.0, gzip;q=0', 'identity'],
])('Accept-Encoding %s takes %s', (accepted, encoding) => {
  expect(encodingFor(accepted)).toBe(encoding);
});
