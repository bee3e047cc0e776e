/**
 * `operator.scale`: 1,000 policies on a real API server, by ValidatingAdmissionPolicy and with the real Gatekeeper, two
 * replicas, one of them killed. The figure is the leader's memory against 256 MiB; everything else goes to stderr.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Engine, enforcementKind } from '../services/sovereignty/enforcement.ts';
import type { KubeClient } from '../services/sovereignty/kube/client.ts';
import { kinds } from '../services/sovereignty/kube/kinds.ts';
import type { SovereignPolicy } from '../services/sovereignty/sovereign-policy.ts';
import { applyObject, policy } from '../test/sovereignty/objects.ts';
import { clientFor, ensureNamespace, startSubstrate, stopSubstrate } from '../test/sovereignty/substrate/substrate.ts';
import type { RunOptions, Scenario } from './scenario.ts';

const LIMIT_MIB = 256;
const REST_SECONDS = 30;

interface Report {
  readonly leading: boolean;
  readonly rss: number;
  readonly cpuMs: number;
  readonly calls: number;
  readonly reconciled: number;
  readonly p99: number;
}

class Replica {
  readonly #child;

  constructor(kubeconfig: string, name: string, engine: Engine) {
    const script = join(import.meta.dirname, '../test/sovereignty/replica.ts');
    this.#child = spawn(process.execPath, [script, kubeconfig, name, '15000', engine], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#child.stdout.setEncoding('utf8');
  }

  async report(): Promise<Report> {
    const answer = once(this.#child.stdout, 'data');
    this.#child.stdin.write('?\n');
    const [text] = (await answer) as [string];
    return JSON.parse(text) as Report;
  }

  async kill(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const mib = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`;

async function active(client: KubeClient): Promise<number> {
  let count = 0;
  let next = '';
  do {
    const page = await client.list<SovereignPolicy>(kinds.policy, { limit: 500, continue: next });
    count += page.items.filter(
      ({ status, metadata }) => status?.phase === 'Active' && status.observedGeneration === metadata.generation,
    ).length;
    next = page.continue;
  } while (next !== '');
  return count;
}

async function untilActive(client: KubeClient, count: number): Promise<number> {
  const start = performance.now();
  const end = start + 900_000;
  while ((await active(client)) < count) {
    if (performance.now() > end) throw new Error('not all policies became Active');
    await wait(1000);
  }
  return (performance.now() - start) / 1000;
}

/** What the operator alone takes: until Active there is also the engine's own work. */
async function untilWritten(client: KubeClient, engine: Engine, count: number): Promise<void> {
  let found = 0;
  while (found < count) {
    found = (await client.list(enforcementKind[engine])).items.length;
    await wait(500);
  }
}

/** Eight at a time: who waits for each answer measures the answers. */
async function inParallel(count: number, work: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const i = next;
      next += 1;
      await work(i);
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

const place = (i: number): string => `scale-${i}`;
const object = (i: number, regions: string[]) =>
  policy('geo', place(i), { targetNamespace: place(i), allowedRegions: regions });

async function measure(count: number, engine: Engine): Promise<number> {
  say(`--- ${engine}`);
  const { root, main } = await startSubstrate({ gatekeeper: engine === 'gatekeeper', controllers: false });
  const replicas: Replica[] = [];
  try {
    const client = await clientFor(main);
    await inParallel(count, (i) => ensureNamespace(client, place(i)));
    const first = new Replica(main.kubeconfig, 'first', engine);
    replicas.push(first);
    while (!(await first.report()).leading) await wait(200);
    const second = new Replica(main.kubeconfig, 'second', engine);
    replicas.push(second);
    const started = performance.now();
    await inParallel(count, (i) => applyObject(client, object(i, ['eu-central-1', 'eu-west-1'])));
    say(`${count} policies created in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    await untilWritten(client, engine, count);
    say(`every constraint written ${((performance.now() - started) / 1000).toFixed(1)} s after the first was created`);
    await untilActive(client, count);
    say(`all Active ${((performance.now() - started) / 1000).toFixed(1)} s after the first was created`);
    const busy = await first.report();
    say(
      `leader: ${mib(busy.rss)}, ${(busy.cpuMs / 1000).toFixed(1)} CPU-s, reconcile p99 ${busy.p99.toFixed(0)} ms of ${busy.reconciled}, ${(busy.calls / count).toFixed(1)} calls a policy`,
    );
    const rest = await atRest(first, second);
    await replicas.shift()?.kill();
    const after = await failover(client, second, count);
    client.close();
    return Math.max(rest, after.rss) / 1_048_576;
  } finally {
    for (const one of replicas) await one.kill();
    stopSubstrate(root);
  }
}

/** The leader is gone: another must notice, take over, and do what was asked meanwhile. */
async function failover(client: KubeClient, second: Replica, count: number): Promise<Report> {
  const killed = performance.now();
  await inParallel(50, (i) => applyObject(client, object(i, ['eu-north-1'])));
  await untilActive(client, count);
  say(
    `the leader killed, 50 policies changed: all Active again after ${((performance.now() - killed) / 1000).toFixed(1)} s (lease 15 s)`,
  );
  const after = await second.report();
  say(
    `the new leader: ${mib(after.rss)}, ${(after.calls / 50).toFixed(1)} calls a changed policy, p99 ${after.p99.toFixed(0)} ms`,
  );
  return after;
}

async function atRest(leader: Replica, standby: Replica): Promise<number> {
  const [before, other] = [await leader.report(), await standby.report()];
  await wait(REST_SECONDS * 1000);
  const [after, later] = [await leader.report(), await standby.report()];
  const share = (a: Report, b: Report): string => `${((b.cpuMs - a.cpuMs) / REST_SECONDS / 10).toFixed(2)} %`;
  say(
    `at rest: leader ${mib(after.rss)}, ${share(before, after)} of a core, ${after.calls - before.calls} calls in ${REST_SECONDS} s; standby ${mib(later.rss)}, ${share(other, later)}`,
  );
  return after.rss;
}

export const scenario: Scenario = {
  name: 'operator.scale',
  peer: null,
  target: 1,
  unit: 'MiB',
  better: 'lower',
  async run({ scale }: RunOptions) {
    const count = Math.max(10, Math.round(1000 * scale));
    const ours = Math.max(await measure(count, 'admission-policy'), await measure(count, 'gatekeeper'));
    return { ours: [ours], peer: [LIMIT_MIB] };
  },
};
