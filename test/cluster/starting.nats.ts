/** A process that leads before anybody runs what it needs: it stops when it is told to, and ends when it has lost the lead. */
import type { ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { KV } from 'nats';
import { NatsLink } from '../../lib/nats.ts';
import { directory, finished, type Ran, start } from '../support/cli.ts';
import { type TestNats, testNats } from '../support/nats.ts';
import { until } from '../support/until.ts';

let nats: TestNats;
let link: NatsLink;
let kv: KV;
let home: Awaited<ReturnType<typeof directory>>;
let child: ChildProcess;
let ended: Promise<Ran>;

beforeEach(async () => {
  nats = await testNats();
  home = await directory();
  const env = {
    ELAVA_NATS_SERVERS: nats.url,
    ELAVA_NATS_LEASE: '4s',
    ELAVA_PROCESS_PORT: '0',
    ELAVA_LOG_LEVEL: 'error',
  };
  child = start(['serve', '--roles', 'orchestrator'], { cwd: home.path, env });
  ended = finished(child);
  link = new NatsLink(nats.settings(), 'test');
  kv = await (await link.connection()).jetstream().views.kv('elava-lease', { ttl: 4000 });
  await until(() => kv.get('orchestrator'));
});
afterEach(async () => {
  child.kill('SIGKILL');
  await link.close();
  await nats[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
});

test('it stops when it is told to', async () => {
  child.kill('SIGTERM');
  const { code, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('it ends when another has the lead, for its supervisor to start it again', async () => {
  await kv.put('orchestrator', JSON.stringify({ me: 'another' }));
  const { code, stderr } = await ended;
  expect(code).toBe(1);
  expect(stderr).toContain('NOT_LEADER');
});
