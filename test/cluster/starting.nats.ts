/** A process that waits for what others are to run stops when it is told to, and ends when it has lost the lead that it has. */
import type { ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { KV } from 'nats';
import { NatsLink } from '../../lib/nats.ts';
import { freePort } from '../../scripts/free-port.ts';
import { directory, finished, type Ran, start } from '../support/cli.ts';
import { type TestNats, testNats } from '../support/nats.ts';
import { until } from '../support/until.ts';

let nats: TestNats;
let home: Awaited<ReturnType<typeof directory>>;
const children: ChildProcess[] = [];

beforeEach(async () => {
  nats = await testNats();
  home = await directory();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await nats[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
});

interface Serving {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  /** Of health and metrics. */
  readonly url: string;
}

async function serve(role: string): Promise<Serving> {
  const port = String(await freePort());
  const env = {
    ELAVA_NATS_SERVERS: nats.url,
    ELAVA_NATS_LEASE: '4s',
    ELAVA_PROCESS_PORT: port,
    ELAVA_GATEWAY_PORT: '0',
    ELAVA_LOG_LEVEL: 'error',
  };
  const child = start(['serve', '--roles', role], { cwd: home.path, env });
  children.push(child);
  return { child, ended: finished(child), url: `http://127.0.0.1:${port}` };
}

/** Whether the connection is there: then it waits for the roles that it needs, or is just about to. */
async function waits({ url }: Serving): Promise<boolean> {
  const response = await fetch(`${url}/ready`).catch(() => undefined);
  const { phase, connected } = ((await response?.json()) ?? {}) as { phase?: string; connected?: boolean };
  return phase === 'starting' && connected === true;
}

/** The lease of the role, once somebody has it. */
async function held(role: string, work: (kv: KV) => Promise<unknown>): Promise<void> {
  const link = new NatsLink(nats.settings(), 'test');
  try {
    const kv = await (await link.connection()).jetstream().views.kv('elava-lease', { ttl: 4000 });
    await until(() => kv.get(role));
    await work(kv);
  } finally {
    await link.close();
  }
}

test.each(['gateway', 'orchestrator'])('%s stops when it is told to', async (role) => {
  const serving = await serve(role);
  if (role === 'orchestrator') await held(role, async () => undefined);
  await until(() => waits(serving));
  serving.child.kill('SIGTERM');
  const { code, stderr } = await serving.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('one that leads ends when another has the lead, for its supervisor to start it again', async () => {
  const { ended } = await serve('orchestrator');
  await held('orchestrator', (kv) => kv.put('orchestrator', JSON.stringify({ me: 'another' })));
  const { code, stderr } = await ended;
  expect(code).toBe(1);
  expect(stderr).toContain('NOT_LEADER');
});
