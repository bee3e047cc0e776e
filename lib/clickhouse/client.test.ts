import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { codeOf, messageOf } from '../errors.ts';
import { openStore } from './client.ts';
import { embedded, testStore } from './testing.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'elava-client-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});
const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Another process that opens the directory and says so; it ends when its channel closes. */
async function holder(of: string) {
  const script = path.join(dir, 'holder.mjs');
  const client = path.join(import.meta.dirname, 'client.ts');
  await writeFile(
    script,
    `import { openStore } from ${JSON.stringify(client)};
     const store = await openStore(${JSON.stringify(embedded(of))});
     process.on('message', async () => { await store.close(); process.exit(0); });
     process.on('disconnect', () => process.exit(0));
     process.send('open');`,
  );
  const child = fork(script, { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  await once(child, 'message');
  return child;
}

describe('opening the embedded store', () => {
  test('a directory that another process holds is STORE_IN_USE and names the process; later it opens', async () => {
    const data = path.join(dir, 'data');
    const child = await holder(data);
    const error = await failure(openStore(embedded(data)));
    expect(codeOf(error)).toBe('STORE_IN_USE');
    expect(messageOf(error)).toBe(`process ${child.pid} owns the data directory ${data}`);
    child.send('close');
    await once(child, 'exit');
    const store = await openStore(embedded(data));
    expect(store.engine).toMatch(/^chDB \d+\./);
    await store.close();
  });

  test('a directory whose holder was killed opens', async () => {
    const data = path.join(dir, 'data');
    const child = await holder(data);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = await openStore(embedded(data));
    expect(await store.rows('SELECT 1 AS x')).toEqual([{ x: 1 }]);
    await store.close();
  });

  test('one process holds a directory once', async () => {
    const store = await openStore(embedded(dir));
    expect(codeOf(await failure(openStore(embedded(dir))))).toBe('STORE_IN_USE');
    await store.close();
    await store.close();
    await (await openStore(embedded(dir))).close();
  });

  test('a path that cannot be a directory is STORE_UNAVAILABLE, and says which', async () => {
    const file = path.join(dir, 'file');
    await writeFile(file, '');
    const error = await failure(openStore(embedded(file)));
    expect(codeOf(error)).toBe('STORE_UNAVAILABLE');
    expect(messageOf(error)).toContain(file);
  });

  test('a directory with something else in it is STORE_UNAVAILABLE, and can be tried again', async () => {
    await mkdir(path.join(dir, 'engine'), { recursive: true });
    await writeFile(path.join(dir, 'engine', 'metadata'), 'not a directory');
    expect(codeOf(await failure(openStore(embedded(dir))))).toBe('STORE_UNAVAILABLE');
    await rm(path.join(dir, 'engine', 'metadata'));
    await (await openStore(embedded(dir))).close();
  });

  test('less free disk than the reserve is STORE_FULL for inserts, and reads go on', async () => {
    const t = await testStore();
    await t.store.run('CREATE TABLE kept (n UInt32) ENGINE = MergeTree ORDER BY n');
    await t.store.insertText('kept', ['n'], '[1]\n');
    await t.store.close();
    const { bavail, bsize } = await statfs(t.dir);
    const store = await openStore({ ...embedded(t.dir), minFreeDisk: bavail * bsize * 2 });
    expect(codeOf(await failure(store.insertText('kept', ['n'], '[2]\n')))).toBe('STORE_FULL');
    expect(await store.rows('SELECT n FROM kept')).toEqual([{ n: 1 }]);
    await store.close();
    await t.close();
  });
});

describe('opening a server', () => {
  const server = (url: string) => ({ ...embedded(''), url, timeoutMs: 2000 });

  test('nobody there is STORE_UNAVAILABLE', async () => {
    expect(codeOf(await failure(openStore(server('http://127.0.0.1:1'))))).toBe('STORE_UNAVAILABLE');
  });

  test('a wrong password is STORE_UNAVAILABLE, with what the server said', async () => {
    const refusing = createServer((_, response) => {
      response.writeHead(403, { 'X-ClickHouse-Exception-Code': '516' });
      response.end('Code: 516. DB::Exception: default: Authentication failed. (AUTHENTICATION_FAILED) (version 25.8)');
    }).listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const { port } = refusing.address() as AddressInfo;
    const error = await failure(openStore(server(`http://127.0.0.1:${port}`)));
    expect([codeOf(error), messageOf(error)]).toEqual([
      'STORE_UNAVAILABLE',
      expect.stringContaining('Authentication failed'),
    ]);
    refusing.close();
  });
});
