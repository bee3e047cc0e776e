import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { codeOf, messageOf } from '../../errors.ts';
import { openStore } from '../client.ts';
import type { Terms } from '../terms.ts';
import { embedded, engineServer, overHttp, PASSWORD } from '../testing.ts';
import type { EngineServer } from './engine-server.ts';
import { bareSql, checkStatement, kindOf } from './statement.ts';

let dir: string;
let server: EngineServer;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'elava-engine-'));
  server = await engineServer(embedded(dir), { readPassword: 'look', memory: 512 });
});
afterEach(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const client = (more: object = {}) =>
  createClient({
    log: { level: ClickHouseLogLevel.OFF },
    url: server.url,
    username: 'elava',
    password: PASSWORD,
    database: 'test',
    ...more,
  });
const ask = (query: string, init: RequestInit = {}) =>
  fetch(`${server.url}/?query=${encodeURIComponent(query)}&user=elava&password=${encodeURIComponent(PASSWORD)}`, {
    method: 'POST',
    ...init,
  });

describe('the official client over it', () => {
  test('makes tables, inserts as JSON and binary, reads with parameters, streams and compresses', async () => {
    await using ours = {
      client: client({ compression: { request: true, response: true } }),
      [Symbol.asyncDispose]: () => ours.client.close(),
    };
    const { client: db } = ours;
    await db.command({ query: 'CREATE TABLE t (n UInt64, s String) ENGINE = MergeTree ORDER BY n' });
    const rows = [...Array(5000).keys()].map((n) => ({ n: String(n), s: `line\n\n'${n}' \\ ü` }));
    await db.insert({ table: 't', values: rows, format: 'JSONEachRow' });
    const asked = await db.query({
      query: 'SELECT n, s FROM t WHERE s = {s:String} OR n IN {many:Array(UInt64)} ORDER BY n',
      query_params: { s: rows[7]?.s, many: [1, 2] },
      format: 'JSONEachRow',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
    });
    expect(await asked.json()).toEqual([rows[1], rows[2], rows[7]]);
    const all = await db.query({ query: 'SELECT n FROM t ORDER BY n', format: 'JSONEachRow' });
    let count = 0;
    for await (const chunk of all.stream()) count += chunk.length;
    expect(count).toBe(5000);
    expect(await db.ping()).toEqual({ success: true });
  });

  test('an error has the number, the name and the words of the engine', async () => {
    const db = client();
    const error = await failure(db.query({ query: 'SELECT * FROM missing' }));
    expect(error).toMatchObject({ code: '60', type: 'UNKNOWN_TABLE', message: expect.stringContaining('missing') });
    const late = await failure(
      db.command({ query: 'SELECT sleep(3)', clickhouse_settings: { max_execution_time: 1 } }),
    );
    expect((late as { code?: string }).code).toBe('159');
    await db.close();
  });

  test('a setting of one request is gone in the next', async () => {
    const db = client();
    await db.command({ query: 'CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n' });
    const read = async (settings = {}) => {
      const result = await db.query({
        query: 'SELECT toUInt64(1) AS n',
        format: 'JSON',
        clickhouse_settings: settings,
      });
      return (await result.json<{ n: unknown }>()).data[0]?.n;
    };
    expect(await read({ output_format_json_quote_64bit_integers: 0 })).toBe(1);
    expect(await read()).toBe('1');
    await db.close();
  });

  test('a question whose asker went away is withdrawn', async () => {
    const db = client();
    const gone = new AbortController();
    const asked = failure(
      db.query({
        query: 'SELECT sum(sleepEachRow(0.2)) FROM numbers(2000)',
        abort_signal: gone.signal,
        clickhouse_settings: { max_block_size: '1' },
      }),
    );
    setTimeout(() => gone.abort(), 150);
    expect(messageOf(await asked)).toContain('aborted');
    await db.close();
    // Closing waits for what runs: more than the test may take, were it not withdrawn.
    await server.close();
    server = await engineServer(embedded(dir));
  });
});

describe('who may do what', () => {
  test('a wrong user or password is refused', async () => {
    for (const who of [{ password: 'wrong' }, { username: 'root' }, { username: 'reader', password: '' }]) {
      const db = client(who);
      expect(await failure(db.query({ query: 'SELECT 1' }))).toMatchObject({ code: '516' });
      await db.close();
    }
  });

  test('the reader reads, and writes nothing', async () => {
    const db = client({ username: 'reader', password: 'look' });
    const result = await db.query({ query: 'SELECT 1 AS x', format: 'JSONEachRow' });
    expect(await result.json()).toEqual([{ x: 1 }]);
    for (const query of ['CREATE TABLE t (n UInt8) ENGINE = Memory', 'DROP TABLE x', 'SET max_threads = 1'])
      expect(await failure(db.command({ query }))).toMatchObject({ code: '164' });
    await db.close();
  });

  test.each([
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT * FROM `file`('/etc/passwd')",
    "SELECT * FROM/**/url('http://127.0.0.1/', CSV)",
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    "INSERT INTO FUNCTION file('/tmp/x', 'CSV') SELECT 1",
    "CREATE TABLE t (x String) ENGINE = URL('http://127.0.0.1/')",
    "INSERT INTO t FROM INFILE '/etc/passwd' FORMAT CSV",
    "CREATE DICTIONARY d (n UInt8) PRIMARY KEY n SOURCE(HTTP(url 'http://x')) LAYOUT(FLAT()) LIFETIME(1)",
    'SYSTEM SHUTDOWN',
  ])('%s is refused', async (query) => {
    const response = await ask(query);
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('ACCESS_DENIED')]);
  });

  test('two statements in one text are refused', async () => {
    expect((await ask('SELECT 1; DROP TABLE t')).ok).toBe(false);
    expect((await ask('CREATE TABLE a (n UInt8) ENGINE = Memory; CREATE TABLE b (n UInt8) ENGINE = Memory')).ok).toBe(
      false,
    );
  });

  test('a text that only speaks of it is no such call', () => {
    const sql = "SELECT 'file(''x'')', \"n\" FROM t -- url(x)\nWHERE s = 'INTO OUTFILE'";
    expect(() => checkStatement(bareSql(sql))).not.toThrow();
    expect(kindOf(bareSql('INSERT INTO t (a) /* SELECT */ FORMAT RowBinary'))).toBe('insert');
    expect(kindOf(bareSql('INSERT INTO t SELECT 1'))).toBe('command');
  });

  test('without a password it binds loopback only', async () => {
    const opened = failure(engineServer(embedded(path.join(dir, 'x')), { host: '0.0.0.0', password: '' }));
    expect(codeOf(await opened)).toBe('STORE_OPEN_BIND');
  });
});

describe('the term of the writer', () => {
  test('a writer of an earlier term is refused, also after a restart; whoever reads is not', async () => {
    const options = overHttp(embedded(dir), server);
    const old = await openStore({ ...options, fence: 5 });
    await old.run('CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n');
    const now = await openStore({ ...options, fence: 9 });
    await now.insertText('t', ['n'], '[1]\n');
    expect(codeOf(await failure(old.insertText('t', ['n'], '[2]\n')))).toBe('STORE_FENCED');
    expect(await old.rows('SELECT n FROM t')).toEqual([{ n: 1 }]);
    await Promise.all([old.close(), now.close()]);
    await server.close();
    server = await engineServer(embedded(dir));
    const again = overHttp(embedded(dir), server);
    expect(codeOf(await failure(openStore({ ...again, fence: 5 })))).toBe('STORE_FENCED');
    expect(codeOf(await failure(openStore(again)))).toBe('STORE_FENCED');
    await (await openStore({ ...again, fence: 9 })).close();
    await server.close();
    server = await engineServer(embedded(dir), { resetFence: true });
    await (await openStore({ ...overHttp(embedded(dir), server), fence: 1 })).close();
  });
});

describe('the terms of several writers', () => {
  test('each shard has its own: a later writer of one stops the last one, and none of the others', async () => {
    const history = await openStore({ ...overHttp(embedded(dir), server), fence: 4 });
    await history.run('CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n');
    const shared = await openStore({ ...overHttp(embedded(dir), server), made: true });
    const under = (terms: Terms, n: number) => failure(shared.run(`INSERT INTO t SELECT ${n}`, {}, { terms }));
    expect(await under({ history: 4, 'writer.1': 5 }, 1)).toBeUndefined();
    expect(await under({ history: 4, 'writer.2': 6 }, 2)).toBeUndefined();
    // To have read under a later term is enough.
    await shared.rows('SELECT 1', {}, { terms: { 'writer.1': 7 } });
    expect(codeOf(await under({ history: 4, 'writer.1': 5 }, 3))).toBe('STORE_FENCED');
    expect(codeOf(await under({ history: 4, 'writer.1': 5, 'writer.2': 6 }, 3))).toBe('STORE_FENCED');
    expect(await under({ history: 4, 'writer.2': 6 }, 4)).toBeUndefined();
    // Nobody writes without the memory's term, nor under one that is over.
    expect(codeOf(await under({ 'writer.2': 6 }, 5))).toBe('STORE_FENCED');
    await history.rows('SELECT 1', {}, { terms: { history: 9 } });
    expect(codeOf(await under({ history: 4, 'writer.2': 6 }, 5))).toBe('STORE_FENCED');
    expect(await shared.rows('SELECT n FROM t ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }, { n: 4 }]);
    await Promise.all([history.close(), shared.close()]);
    await server.close();
    server = await engineServer(embedded(dir));
    const again = await openStore({ ...overHttp(embedded(dir), server), made: true });
    const late = again.run('INSERT INTO t SELECT 6', {}, { terms: { history: 9, 'writer.1': 5 } });
    expect(codeOf(await failure(late))).toBe('STORE_FENCED');
    await again.close();
  });

  test.each(['x=1', '1=0', '1', '12345=1', '1=1;2=2'])('%s is no term', async (writers) => {
    expect((await ask('SELECT 1', { headers: { 'X-Elava-Writers': writers } })).status).toBe(400);
  });
});

describe('the wire', () => {
  test('a compressed body is read, an unknown compression and a broken one are refused', async () => {
    expect((await ask('CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n')).status).toBe(200);
    const insert = (body: Uint8Array, encoding: string) =>
      ask('INSERT INTO t (n) FORMAT JSONCompactEachRow', {
        body: Buffer.from(body),
        headers: { 'content-encoding': encoding },
      });
    expect((await insert(gzipSync('[1]\n[2]\n'), 'gzip')).status).toBe(200);
    expect((await insert(Buffer.from('[3]\n'), 'snappy')).ok).toBe(false);
    expect((await insert(Buffer.from('[3]\n'), 'gzip')).ok).toBe(false);
    expect((await (await ask('SELECT count() FROM t')).text()).trim()).toBe('2');
  });

  test('speaks TLS with a certificate, and the client that trusts its authority comes in', async () => {
    const [key, cert] = [path.join(dir, 'key.pem'), path.join(dir, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '1',
        '-keyout',
        key,
        '-out',
        cert,
        ...subject,
      ],
      { stdio: 'ignore' },
    );
    await server.close();
    server = await engineServer(embedded(dir), { cert, key });
    expect(server.url).toMatch(/^https:/);
    const options = overHttp(embedded(dir), server);
    const store = await openStore({ ...options, tls: { ca: cert, cert: '', key: '' } });
    expect(await store.rows('SELECT 1 AS x')).toEqual([{ x: 1 }]);
    await store.close();
    expect(codeOf(await failure(openStore(options)))).toBe('STORE_UNAVAILABLE');
  });
});
