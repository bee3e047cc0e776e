import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { RegoCompiler } from '../compiler/compiler.ts';
import { PolicyStore } from '../policy-store.ts';
import { packBundle } from './archive.ts';
import { policySource } from './source.ts';
import { type TarEntry, writeTar } from './tar.ts';

const compiler = new RegoCompiler();
let folder = '';
let server: Server;
let url = '';
/** What the server has, and what it was asked. */
let served: { body: Uint8Array; etag: string; type: string; status: number };
let asked: IncomingHttpHeaders[] = [];
let waiting: Array<() => void> = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.headers);
    const answer = (): void => {
      const isKnown = request.headers['if-none-match'] === served.etag;
      const headers = { 'content-type': served.type, etag: served.etag, location: '/other.tar.gz' };
      const status = request.url === '/other.tar.gz' ? 200 : served.status;
      response.writeHead(isKnown ? 304 : status, headers).end(isKnown ? undefined : served.body);
    };
    const mayWait = served.type.includes('openpolicyagent') && request.headers['if-none-match'] === served.etag;
    if (mayWait) waiting.push(answer);
    else answer();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bundle.tar.gz`;
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elava-source-'));
  asked = [];
  waiting = [];
});
afterEach(() => rm(folder, { recursive: true }));
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await compiler.close();
});

const file = (name: string, text: string): TarEntry => ({ name, bytes: Buffer.from(text) });
const manifest = { revision: '1', roots: ['elava'] };
const good = (reason: string) => packBundle([file('/a.rego', `package elava.a\n\nflag := "${reason}"\n`)], manifest);
const key = { key: 'k', algorithm: 'HS256', scope: '' } as const;
const options = { keys: {}, token: '', pollMs: 50, timeoutMs: 20_000 };

function storeOf(
  path: string,
  more: Partial<typeof options> & { keys?: Record<string, typeof key> } = {},
  keepIn?: string,
) {
  const source = policySource(path, { ...options, ...more });
  const read = (signal?: AbortSignal) => source.read(signal);
  const kept = keepIn === undefined ? {} : { keepIn };
  return { source, store: new PolicyStore({ directory: path, read, compiler, settings: {}, now: () => 0, ...kept }) };
}
const errorsOf = (state: Awaited<ReturnType<PolicyStore['current']>>) =>
  state.errors.map((e) => `${e.file}:${e.row}:${e.col}: ${e.message}`).join('\n');

describe('a bad bundle: the one before it goes on serving, and the status names the place', () => {
  const rego = (text: string) => file('/a.rego', `package elava.a\n\n${text}\n`);
  const pack = (...files: TarEntry[]) => packBundle(files, manifest);
  const raw = (...files: TarEntry[]) => gzipSync(writeTar(files));
  test.each<[string, () => Uint8Array, RegExp]>([
    ['syntax', () => pack(rego('flag if {')), /^a\.rego:4:\d+: /],
    ['a type error', () => pack(rego('flag if count(1)')), /^a\.rego:3:9: /],
    ['a function that is refused', () => pack(rego('flag if http.send({})')), /^a\.rego:3:9: .*http\.send/],
    [
      'a package outside of the roots',
      () => pack(file('/b.rego', 'package other\n')),
      /^b\.rego:1:1: package other is not/,
    ],
    [
      'no package of ours',
      () => packBundle([file('/b.rego', 'package other\n')], { ...manifest, roots: [''] }),
      /no package under elava/,
    ],
    ['a gzip that is cut off', () => good('x').subarray(0, 60), /:1:1: it is no gzip/],
    [
      'a wrong signature',
      () => packBundle([rego('flag := "x"')], manifest, { key: { ...key, key: 'other' }, id: 'ci' }),
      /:1:1: the signature is wrong/,
    ],
    ['too large', () => gzipSync(Buffer.alloc(65 * 1024 * 1024)), /:1:1: it unpacks to more than/],
    ['a name that leads out', () => raw(file('/../a.rego', '')), /^\/\.\.\/a\.rego:1:1: its name leads out/],
    [
      'data that cannot be read',
      () => pack(rego('flag := "x"'), file('/data.json', '{\n"elava": ]}')),
      /^data\.json:2:/,
    ],
    [
      'data in the place of a package',
      () => pack(rego('flag := "x"'), file('/data.json', '{"elava": {"a": 1}}')),
      /^a\.rego:1:1: data\.elava\.a is a value of the data already/,
    ],
    [
      'a manifest that is no JSON',
      () => raw(rego('flag := "x"'), file('/.manifest', '{')),
      /^\.manifest:1:1: it is no JSON/,
    ],
    [
      'a rule policy with a wrong key',
      () => pack(file('/r.policy.yaml', 'name: r\nruels: []\n')),
      /^r\.policy\.yaml:2:1: .*"ruels"/,
    ],
  ])('%s', async (name, bytes, place) => {
    const path = join(folder, 'bundle.tar.gz');
    const signed = name === 'a wrong signature';
    const first = signed
      ? packBundle([file('/a.rego', 'package elava.a\n\nflag := "one"\n')], manifest, { key, id: 'ci' })
      : good('one');
    await writeFile(path, first);
    const { store } = storeOf(path, signed ? { keys: { ci: key } } : {});
    const before = await store.current();
    expect(errorsOf(before)).toBe('');
    await writeFile(path, bytes());
    const after = await store.load();
    expect(after.served.digest).toBe(before.served.digest);
    expect(errorsOf(after)).toMatch(place);
  });
});

describe('a URL', () => {
  beforeEach(() => {
    served = { body: good('one'), etag: '"1"', type: 'application/gzip', status: 200 };
  });

  test('is downloaded once, with the token, and its policies are served', async () => {
    const { store } = storeOf(url, { token: 'secret' });
    const state = await store.current();
    expect(state.served.packages.map(({ name }) => name)).toEqual(['elava.a']);
    await store.load();
    expect(asked.map(({ authorization, prefer }) => [authorization, prefer])).toEqual([
      ['Bearer secret', 'modes=snapshot'],
    ]);
  });

  test('is polled with its ETag; only another bundle is loaded', async () => {
    const { source, store } = storeOf(url);
    const first = await store.current();
    const stopping = new AbortController();
    const { promise: changed, resolve } = Promise.withResolvers<void>();
    let loads = 0;
    const watching = source.watch(stopping.signal, async () => {
      loads += 1;
      await store.load();
      resolve();
    });
    while (asked.length < 4) await new Promise((next) => setTimeout(next, 20));
    expect(loads).toBe(0);
    served = { ...served, body: good('two'), etag: '"2"' };
    await changed;
    stopping.abort();
    await watching;
    expect((await store.current()).served.digest).not.toBe(first.served.digest);
    expect(asked.at(1)).toMatchObject({ 'if-none-match': '"1"', prefer: 'modes=snapshot;wait=1' });
    expect(loads).toBe(1);
  });

  test('a server with long polling is left to answer when it has something', async () => {
    served = { ...served, type: 'application/vnd.openpolicyagent.bundles' };
    const { source, store } = storeOf(url, { pollMs: 3_600_000 });
    await store.current();
    const stopping = new AbortController();
    const { promise: changed, resolve } = Promise.withResolvers<void>();
    const watching = source.watch(stopping.signal, async () => resolve());
    while (waiting.length === 0) await new Promise((next) => setTimeout(next, 20));
    served = { ...served, body: good('two'), etag: '"2"' };
    for (const answer of waiting) answer();
    await changed;
    stopping.abort();
    await watching;
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  test('a restart while the server is down serves the last good one', async () => {
    const before = await storeOf(url, {}, join(folder, 'keep')).store.current();
    served = { ...served, status: 503, etag: '"x"' };
    const state = await storeOf(url, {}, join(folder, 'keep')).store.current();
    expect(state.served.digest).toBe(before.served.digest);
    expect(state.source).toBe('last good');
    expect(errorsOf(state)).toContain('cannot be downloaded: HTTP 503');
  });

  test('a redirect is not followed', async () => {
    served = { ...served, status: 302 };
    const state = await storeOf(url).store.current();
    expect(state.bundle).toBeUndefined();
    expect(errorsOf(state)).toContain('cannot be downloaded');
  });
});

test("a ConfigMap's swap of its symlink is one reload", async () => {
  const text = (reason: string) => `package elava.a\n\nflag := "${reason}"\n`;
  const version = async (name: string, reason: string) => {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'a.rego'), text(reason));
    await writeFile(join(folder, name, 'b.rego'), `package elava.b\n\nflag := "${reason}"\n`);
    await symlink(name, join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  await version('..1', 'one');
  for (const name of ['a.rego', 'b.rego']) await symlink(join('..data', name), join(folder, name));
  const { source, store } = storeOf(folder);
  const first = await store.current();
  const stopping = new AbortController();
  let loads = 0;
  const { promise: changed, resolve } = Promise.withResolvers<void>();
  const watching = source.watch(stopping.signal, async () => {
    loads += 1;
    await store.load();
    resolve();
  });
  await new Promise((next) => setTimeout(next, 600));
  await version('..2', 'two');
  await rm(join(folder, '..1'), { recursive: true });
  await changed;
  await new Promise((next) => setTimeout(next, 800));
  stopping.abort();
  await watching;
  const state = await store.current();
  expect([loads, errorsOf(state)]).toEqual([1, '']);
  expect(state.served.digest).not.toBe(first.served.digest);
});
