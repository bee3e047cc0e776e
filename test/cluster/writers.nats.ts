/**
 * Three processes with the role history over one store: all of them write, each its accounts. Killed at random, whichever
 * leads: nothing acknowledged is lost, nothing is there twice, the tables agree.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../../lib/broker.ts';
import { openStore } from '../../lib/clickhouse/client.ts';
import { embedded, engineServer, overHttp, PASSWORD } from '../../lib/clickhouse/testing.ts';
import type { Cluster } from '../../lib/cluster.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { clientOf } from '../../lib/contract.ts';
import { codeOf } from '../../lib/errors.ts';
import { createLogger } from '../../lib/log.ts';
import { runtimeOf } from '../../lib/runtime.ts';
import { leadOf, SHARDS, shardOf } from '../../lib/shard.ts';
import { freePort } from '../../scripts/free-port.ts';
import { writerOf } from '../../services/history/history.client.ts';
import { historyContract, writerContract } from '../../services/history/history.contract.ts';
import { type Ack, disagreementsIn, lostOf, step } from '../../services/history/testing-lives.ts';
import { type TestNats, testNats } from '../support/nats.ts';
import { until } from '../support/until.ts';

const elava = fileURLToPath(new URL('../../bin/elava', import.meta.url));
const names = ['a', 'b', 'c'];
/** Long enough for a leader whose processor is busy. */
const LEASE = '4s';
const accounts = Array.from({ length: 12 }, (_, i) => String(111_111_111_111 + i));

let nats: TestNats;
let dir: string;
let server: Awaited<ReturnType<typeof engineServer>>;
let asking: ServiceBroker;
const processes = new Map<string, { child: ChildProcess; url: string; said: string }>();

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'elava-writers-'));
  nats = await testNats();
  server = await engineServer(embedded(dir));
  const flags = { 'nats.servers': [nats.url], 'nats.lease': LEASE };
  const { config } = loadConfig({ env: {}, cwd: dir, flags });
  asking = new ServiceBroker(brokerOptions(config, { log: createLogger({ level: 'silent' }) }));
  await asking.start();
});
afterEach(async () => {
  for (const { child } of processes.values()) child.kill('SIGKILL');
  processes.clear();
  await asking.stop();
  await server.close();
  await nats[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

async function start(name: string): Promise<void> {
  run(name, await freePort());
}

function run(name: string, port: number): void {
  const env = {
    PATH: process.env.PATH,
    ELAVA_NATS_SERVERS: nats.url,
    ELAVA_NATS_LEASE: LEASE,
    ELAVA_STORAGE_URL: server.url,
    ELAVA_STORAGE_DATABASE: 'test',
    ELAVA_STORAGE_USERNAME: 'elava',
    ELAVA_STORAGE_PASSWORD: PASSWORD,
    ELAVA_STORAGE_WRITERS: '2',
    ELAVA_PROCESS_PORT: String(port),
    ELAVA_LOG_LEVEL: 'warn',
  };
  const child = spawn(process.execPath, [elava, 'serve', '--roles', 'history'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const one = { child, url: `http://127.0.0.1:${port}`, said: '' };
  child.stderr?.on('data', (text: Buffer) => {
    one.said = `${one.said}${text.toString()}`.slice(-4000);
  });
  processes.set(name, one);
  // As a supervisor does: a process that was killed is there again, one that lost its lead ends and waits for the next.
  child.once('exit', (code) => {
    if (code !== 0 && processes.get(name) === one) run(name, port);
  });
}

/** SIGKILL; resolves when the next one was started. */
async function kill(name: string): Promise<void> {
  const { child } = processes.get(name)!;
  child.kill('SIGKILL');
  await until(() => processes.get(name)?.child !== child);
}

async function phaseOf(name: string): Promise<string> {
  const response = await fetch(`${processes.get(name)?.url}/ready`).catch(() => undefined);
  return ((await response?.json()) as { phase?: string } | undefined)?.phase ?? '';
}

/** Node → how many shards it holds, as the processes themselves say. */
async function held(): Promise<Map<string, number>> {
  const found = asking.registry.getServiceList({ onlyAvailable: true }) as { name: string; nodeID: string }[];
  const nodes = found.filter(({ name }) => name === writerContract.name).map(({ nodeID }) => nodeID);
  const writer = clientOf(writerContract, asking);
  const told = nodes.map(async (node) => {
    const { held: own } = await writer.shards({}, { node }).catch(() => ({ held: [] }));
    return [node, own.length] as const;
  });
  return new Map(await Promise.all(told));
}

/** Waits until the processes hold so many. */
function shares(expected: string): Promise<Map<string, number>> {
  return until(held, (now) => [...now.values()].toSorted((a, b) => a - b).join() === expected);
}

/** One unit's life, each step of it until it is done: what is asked again is the same. */
async function live(account: string, { stopped, heard }: { stopped: AbortSignal; heard: (ack: Ack) => void }) {
  const memory = writerOf(asking);
  const unit = { account, region: 'eu-west-1', type: 'ec2' };
  for (let n = 0; !stopped.aborted; n += 1) {
    const acks: Ack[] = [];
    for (;;) {
      try {
        await step(memory, { unit, n, heard: (ack) => void acks.push(ack) });
        break;
      } catch (error) {
        if (stopped.aborted || ['INVALID_REQUEST', 'STORE_QUERY'].includes(codeOf(error))) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    for (const ack of acks) heard(ack);
    // Whoever else runs here needs the processor too.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Three processes, and a life for each account until the test is over. */
async function living() {
  for (const name of names) await start(name);
  await shares(`0,${SHARDS / 2},${SHARDS / 2}`);
  const acks: Ack[] = [];
  const stop = new AbortController();
  const heard = (ack: Ack): void => void acks.push(ack);
  const lives = Promise.all(accounts.map((account) => live(account, { stopped: stop.signal, heard })));
  return {
    acks,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await lives;
    },
  };
}

/** The tables come to agree, and hold all that was acknowledged. */
async function expectWhole(acks: readonly Ack[]): Promise<void> {
  const store = await openStore({ ...overHttp(embedded(dir), server), made: true });
  try {
    await until(
      () => disagreementsIn(store),
      (found) => found.length === 0,
    );
    expect(await lostOf(store, acks)).toEqual([]);
  } finally {
    await store.close();
  }
}

test('accounts are shared out evenly, the one that leads has some only while it is alone', async () => {
  await start('a');
  await shares(String(SHARDS));
  await start('b');
  await shares(`0,${SHARDS}`);
  await start('c');
  await shares(`0,${SHARDS / 2},${SHARDS / 2}`);
  // One that stops hands its accounts on, and is not waited for.
  const standby = (await phaseOf('b')) === 'standby' ? 'b' : 'a';
  const { child } = processes.get(standby)!;
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  await shares(`0,${SHARDS}`);
});

test('a process that holds no shard of the account refuses, and who asks the role is passed on', async () => {
  await start('a');
  await shares(String(SHARDS));
  await start('b');
  const [leader = ''] = [...(await shares(`0,${SHARDS}`))].find(([, count]) => count === 0) ?? [];
  const unit = { account: accounts[0]!, region: 'eu-west-1', type: 'ec2' };
  const refused = clientOf(writerContract, asking).known({ unit }, { node: leader });
  expect(codeOf(await refused.catch((error: unknown) => error))).toBe('NOT_LEADER');
  const acks: Ack[] = [];
  await step(clientOf(historyContract, asking), { unit, n: 1, heard: (ack) => void acks.push(ack) });
  expect(acks).toHaveLength(2);
  // What was just acknowledged is there for whoever asks.
  const { resources } = await clientOf(historyContract, asking).resources({ filter: { accounts: [unit.account] } });
  expect(resources.length).toBeGreaterThan(0);
});

test('killed at random while they write', async () => {
  await using lives = await living();
  const { acks } = lives;
  let written = 0;
  for (const victim of ['b', 'a', 'c', 'a', 'b']) {
    await until(() => acks.length > written + 40);
    written = acks.length;
    await kill(victim);
  }
  await until(() => acks.length > written + 40);
  await lives[Symbol.asyncDispose]();
  await expectWhole(acks);
  expect(acks.length).toBeGreaterThan(200);
});

test('one that was paused while another took its accounts writes no more of them', async () => {
  await using lives = await living();
  const { acks } = lives;
  await until(() => acks.length > 40);
  const cluster = runtimeOf(asking).cluster as Cluster;
  const holder = (): string => cluster.holderOf(leadOf(shardOf(accounts[0]!))) ?? '';
  const ofHolder = () => [...processes.values()].find(({ child }) => holder().endsWith(`-${child.pid}`));
  const paused = (await until(ofHolder))!;
  const before = holder();
  paused.child.kill('SIGSTOP');
  await until(() => holder() !== '' && holder() !== before);
  const then = acks.length;
  await until(() => acks.length > then + 80);
  paused.child.kill('SIGCONT');
  const woken = acks.length;
  await until(() => acks.length > woken + 80);
  await lives[Symbol.asyncDispose]();
  await expectWhole(acks);
});
