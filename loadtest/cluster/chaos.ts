/**
 * `npm run chaos [-- --seed 1 --seconds 60 --every 2 --seeds 1]`: a cluster on this machine scans a world that drifts, while
 * every so often a random process (a role, the store or NATS) is SIGKILLed, or the network between a role and NATS or the
 * store is held, slowed or reset by a proxy. Afterwards the store must equal the world.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../../lib/errors.ts';
import { withClient } from '../../scripts/cluster-client.ts';
import { LocalCluster } from '../../scripts/cluster-processes.ts';
import { number, options } from '../../scripts/options.ts';
import { controlClient } from '../aws/server/control-client.ts';
import { verdict } from './chaos-verdict.ts';
import { settle, stored } from './settle.ts';
import { Weather } from './weather.ts';

const about = 'Kills processes of a cluster and breaks its network while it scans a world that drifts.';
const { seed, seeds, seconds, every, resources, network, recovery } = options(
  { command: 'npm run chaos --', about },
  {
    seed: number(1, 'which processes are struck, and when'),
    seeds: number(1, 'so many runs, one after the other, from the seed on', 1),
    seconds: number(60, 'how long a run strikes', 1),
    every: number(2, 'seconds between two blows', 0.1),
    resources: number(2000, 'of the world', 1),
    network: number(0.4, 'share of the blows that are of the network'),
    recovery: number(10, 'seconds within which what was struck has to work again; more on a busy machine', 1),
  },
);
const limit = 1000 * recovery;

const regions = ['us-east-1', 'eu-west-1'];
const processes: readonly [string, readonly string[]][] = [
  ['history a', ['history']],
  ['history b', ['history']],
  ['history c', ['history']],
  ['scanner a', ['scanner']],
  ['scanner b', ['scanner']],
  ['orchestrator a', ['orchestrator']],
  ['orchestrator b', ['orchestrator']],
];
const victims = [...processes.map(([name]) => name), 'store', 'nats'];
/** Each unit is due again so soon that scans are under way whenever something is killed. */
const tiers = { all: { types: [], accounts: [], regions: [], interval: '8s' } };

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

interface Havoc {
  /** What was done → how often. */
  readonly blows: Record<string, number>;
  /** Longest time from a kill, or from the end of bad weather, until the process worked again; milliseconds. */
  readonly slowest: number;
}

/** Strikes and lets the world drift until the time is up. */
async function havoc(cluster: LocalCluster, seed: number): Promise<Havoc> {
  const aws = controlClient(cluster.endpoint);
  const next = random(seed);
  const weather = new Weather(cluster, next);
  const until = performance.now() + seconds * 1000;
  const kills: Record<string, number> = {};
  const recoveries: Promise<number>[] = [];
  while (performance.now() < until) {
    await pause(every * 1000);
    if (next() < network) recoveries.push(blowOver(cluster, weather, roleOf(next())));
    else {
      const name = victims[Math.floor(next() * victims.length)] ?? 'nats';
      kills[name] = (kills[name] ?? 0) + 1;
      await cluster.kill(name);
      recoveries.push(back(cluster, name));
    }
    await aws.drift({ count: 10 });
  }
  const times = await Promise.allSettled(recoveries);
  const slowest = Math.max(...times.map((one) => (one.status === 'fulfilled' ? one.value : Number.NaN)));
  return { blows: { ...kills, ...weather.counts }, slowest };
}

function roleOf(at: number): string {
  return processes[Math.floor(at * processes.length)]?.[0] ?? '';
}

async function blowOver(cluster: LocalCluster, weather: Weather, name: string): Promise<number> {
  await weather.strike(name);
  return back(cluster, name);
}

/** Milliseconds until the process works again. */
async function back(cluster: LocalCluster, name: string): Promise<number> {
  const begun = performance.now();
  await pause(200);
  if (cluster.parts.get(name)?.url !== '') await cluster.ready(name, ['serving', 'standby'], true);
  return performance.now() - begun;
}

async function run(seed: number): Promise<boolean> {
  const size = {
    accounts: 3,
    regions,
    resources,
    config: { tiers, storage: { writers: 2 } },
    proxied: true,
    lease: '3s',
  };
  const cluster = await LocalCluster.start(size);
  const over = new AbortController();
  try {
    for (const [name, roles] of processes) await cluster.role(name, roles);
    // One that loses its lead because all of them start at once is there again too.
    supervise(cluster, over.signal);
    await Promise.all(processes.map(([name]) => cluster.ready(name, ['serving', 'standby'], true)));
    const { blows, slowest } = await havoc(cluster, seed);
    const told = Object.entries(blows).map(([name, count]) => `${name} ${count}`);
    say(`seed ${seed}: ${told.join(', ')}; slowest recovery ${(slowest / 1000).toFixed(1)} s`);
    const { expected } = await controlClient(cluster.endpoint).oracle({});
    const found = await withClient(cluster, async (estate) => ({
      ...(await settle(estate)),
      ids: await stored(estate),
    }));
    const outcome = verdict({ ...found, expected: expected.map(({ arn }) => arn), recovery: { slowest, limit } });
    say(outcome.text);
    return outcome.ok;
  } finally {
    over.abort();
    await cluster.close();
  }
}

for (let next = seed; next < seed + seeds; next += 1) if (!(await run(next))) process.exitCode = 1;
