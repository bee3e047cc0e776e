/**
 * `npm run slow-store [-- --seconds 60 --factor 10]`: a cluster scans a drifting world while every answer of its store takes
 * ten times as long, by a proxy. Memory must stay under its limit, the scanners must slow down, and nothing may be lost.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { withClient } from '../../scripts/cluster-client.ts';
import { LocalCluster } from '../../scripts/cluster-processes.ts';
import { number, options } from '../../scripts/options.ts';
import { controlClient } from '../aws/server/control-client.ts';
import { verdict } from './chaos-verdict.ts';
import { settle, stored } from './settle.ts';

const about = 'Slows the store under a cluster that scans, and watches its memory.';
const { seconds, factor, resources } = options(
  { command: 'npm run slow-store --', about },
  {
    seconds: number(60, 'how long the store is slow, and how long it was watched before', 1),
    factor: number(10, 'times as slow', 1),
    resources: number(3000, 'of the world', 1),
  },
);
/** What the chart gives history and the scanners. */
const LIMIT_MIB = 1024;
const SAMPLE_MS = 2000;
const tiers = { all: { types: [], accounts: [], regions: [], interval: '4s' } };
const processes = ['history', 'scanner', 'orchestrator'];

interface Phase {
  /** Units that were read and stored, a second. */
  readonly unitsPerSecond: number;
  /** The most that each process had, MiB. */
  readonly memory: ReadonlyMap<string, number>;
}

async function metric(cluster: LocalCluster, process: string, name: string): Promise<number> {
  const text = await (await fetch(`${cluster.parts.get(process)?.url}/metrics`)).text();
  const lines = text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'));
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
}

async function watch(cluster: LocalCluster): Promise<Phase> {
  const aws = controlClient(cluster.endpoint);
  const memory = new Map<string, number>();
  const units = () => metric(cluster, 'scanner', 'elava_scan_unit_duration_seconds_count');
  const [first, begun] = [await units(), performance.now()];
  while (performance.now() - begun < seconds * 1000) {
    await pause(SAMPLE_MS);
    await aws.drift({ count: 50 });
    for (const name of processes) {
      const mib = (await metric(cluster, name, 'process_resident_memory_bytes')) / 2 ** 20;
      memory.set(name, Math.max(mib, memory.get(name) ?? 0));
    }
  }
  return { unitsPerSecond: ((await units()) - first) / ((performance.now() - begun) / 1000), memory };
}

function tell(name: string, { unitsPerSecond, memory }: Phase): void {
  const sizes = [...memory].map(([process, mib]) => `${process} ${mib.toFixed(0)}`);
  console.log(`${name}: ${unitsPerSecond.toFixed(1)} units/s; at most ${sizes.join(', ')} MiB`);
}

async function run(): Promise<boolean> {
  const size = { accounts: 4, regions: ['us-east-1', 'eu-west-1'], resources };
  const cluster = await LocalCluster.start({ ...size, config: { tiers }, proxied: true });
  try {
    for (const name of processes) await cluster.role(name, [name]);
    await Promise.all(processes.map((name) => cluster.ready(name)));
    const before = await watch(cluster);
    tell('as it is', before);
    const lines = [...cluster.lines.values()];
    for (const { store } of lines) store.slow(factor);
    const slowed = await watch(cluster);
    tell(`${factor} times as slow`, slowed);
    for (const { store } of lines) store.heal();
    const healed = performance.now();
    const { expected } = await controlClient(cluster.endpoint).oracle({});
    const found = await withClient(cluster, async (estate) => ({
      ...(await settle(estate)),
      ids: await stored(estate),
    }));
    console.log(`settled ${((performance.now() - healed) / 1000).toFixed(1)} s after the store was itself again`);
    const outcome = verdict({ ...found, expected: expected.map(({ arn }) => arn) });
    console.log(outcome.text);
    const small = [...slowed.memory.values()].every((mib) => mib < LIMIT_MIB);
    return outcome.ok && small && slowed.unitsPerSecond < before.unitsPerSecond;
  } finally {
    await cluster.close();
  }
}

process.exitCode = (await run()) ? 0 : 1;
