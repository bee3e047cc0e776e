/**
 * `npm run chaos [-- --seed 1 --seconds 60 --every 2]`: a cluster on this machine scans a world that drifts, while a random
 * process (a role, the store or NATS) is SIGKILLed every so often. Afterwards the store must equal the world.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { messageOf } from '../lib/errors.ts';
import { type Estate, withClient } from '../scripts/cluster-client.ts';
import { LocalCluster } from '../scripts/cluster-processes.ts';
import { controlClient } from './aws/server/control-client.ts';
import { verdict } from './chaos-verdict.ts';

const number = (fallback: string) => ({ type: 'string', default: fallback }) as const;
const { values } = parseArgs({
  options: { seed: number('1'), seconds: number('60'), every: number('2'), resources: number('2000') },
});
const [seed, seconds, every] = [Number(values.seed), Number(values.seconds), Number(values.every)];

const regions = ['us-east-1', 'eu-west-1'];
const processes: readonly [string, readonly string[]][] = [
  ['history a', ['history']],
  ['history b', ['history']],
  ['scanner a', ['scanner']],
  ['scanner b', ['scanner']],
  ['orchestrator a', ['orchestrator']],
  ['orchestrator b', ['orchestrator']],
];
const victims = [...processes.map(([name]) => name), 'store', 'nats'];
/** Each unit is due again so soon that scans are under way whenever something is killed. */
const tiers = { all: { types: [], accounts: [], regions: [], interval: '8s' } };
const quietMs = 120_000;

/** Mulberry32: the same seed kills the same processes at the same times. */
function random(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What ended starts again at once, as under a supervisor: also what stops by itself because it lost the lead. */
function supervise(cluster: LocalCluster, over: AbortSignal): void {
  const watch = (name: string): void => {
    const part = cluster.parts.get(name);
    part?.child.once('exit', () => {
      if (over.aborted) return;
      void (async () => {
        await pause(100);
        if (over.aborted) return;
        await cluster.revive(name);
        watch(name);
      })().catch((error: unknown) => say(`${name} could not be started again: ${messageOf(error)}`));
    });
  };
  for (const name of victims) watch(name);
}

/** Kills and lets the world drift until the time is up. Returns how long each victim took to be there again. */
async function havoc(cluster: LocalCluster): Promise<{ kills: Record<string, number>; slowest: number }> {
  const aws = controlClient(cluster.endpoint);
  const next = random(seed);
  const until = performance.now() + seconds * 1000;
  const kills: Record<string, number> = {};
  const recoveries: Promise<number>[] = [];
  while (performance.now() < until) {
    await pause(every * 1000);
    const name = victims[Math.floor(next() * victims.length)] ?? 'nats';
    kills[name] = (kills[name] ?? 0) + 1;
    const killed = performance.now();
    await cluster.kill(name);
    recoveries.push(back(cluster, name).then(() => performance.now() - killed));
    await aws.drift({ count: 10 });
  }
  const times = await Promise.allSettled(recoveries);
  return { kills, slowest: Math.max(...times.map((one) => (one.status === 'fulfilled' ? one.value : Number.NaN))) };
}

async function back(cluster: LocalCluster, name: string): Promise<void> {
  await pause(200);
  if (cluster.parts.get(name)?.url !== '') await cluster.ready(name, ['serving', 'standby'], true);
}

/** Scans everything once more, with nobody dying, and again to see that nothing is left to write. */
async function settle({ orchestrator }: Estate): Promise<{ left: number; incomplete: number }> {
  let left = 0;
  let incomplete = 0;
  for (let round = 0; round < 2; round += 1) {
    const { scan } = await orchestrator.scan({});
    const until = performance.now() + quietMs;
    for (;;) {
      const report = await orchestrator.report({ scan, wait: 5000 });
      if (report.state !== 'running' || performance.now() > until) {
        left = report.units.reduce((sum, unit) => sum + unit.changed + unit.gone, 0);
        incomplete = report.total - report.units.filter(({ state }) => state === 'complete').length;
        break;
      }
    }
  }
  return { left, incomplete };
}

async function stored({ history }: Estate): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await history.resources({ limit: 500, ...(after === undefined ? {} : { after }) });
    ids.push(...page.resources.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return ids;
}

async function run(): Promise<boolean> {
  const size = { accounts: 3, regions, resources: Number(values.resources), config: { tiers } };
  const cluster = await LocalCluster.start(size);
  const over = new AbortController();
  try {
    for (const [name, roles] of processes) await cluster.role(name, roles);
    await Promise.all(processes.map(([name]) => cluster.ready(name, ['serving', 'standby'])));
    supervise(cluster, over.signal);
    const { kills, slowest } = await havoc(cluster);
    const told = Object.entries(kills).map(([name, count]) => `${name} ${count}`);
    say(`seed ${seed}: ${told.join(', ')}; slowest recovery ${(slowest / 1000).toFixed(1)} s`);
    const { expected } = await controlClient(cluster.endpoint).oracle({});
    const found = await withClient(cluster, async (estate) => ({
      ...(await settle(estate)),
      ids: await stored(estate),
    }));
    const outcome = verdict({ ...found, expected: expected.map(({ arn }) => arn), slowest });
    say(outcome.text);
    return outcome.ok;
  } finally {
    over.abort();
    await cluster.close();
  }
}

// The benches look into every file of this folder.
if (import.meta.main) process.exitCode = (await run()) ? 0 : 1;
