/**
 * `npm run rolling [-- --rate 200]`: every process of a cluster is replaced, one at a time and the new one first, while the
 * estate is asked at a steady rate over the bus and over HTTP. None of the questions may fail.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { codeOf, messageOf } from '../lib/errors.ts';
import { type Estate, withClient } from '../scripts/cluster-client.ts';
import { LocalCluster } from '../scripts/cluster-processes.ts';

const { values } = parseArgs({ options: { rate: { type: 'string', default: '200' } } });
const rate = Number(values.rate);

const processes: readonly [string, readonly string[]][] = [
  ['history', ['history']],
  ['orchestrator', ['orchestrator']],
  ['scanner', ['scanner']],
  ['gateway', ['gateway']],
];

interface Tally {
  asked: number;
  readonly failures: Map<string, number>;
  slowest: number;
}

/** Asks in turn over the bus and over HTTP until the signal aborts; every question is waited for. */
async function ask({ history }: Estate, gateway: () => string, over: AbortSignal): Promise<Tally> {
  const tally: Tally = { asked: 0, failures: new Map(), slowest: 0 };
  const open = new Set<Promise<void>>();
  const one = async (): Promise<void> => {
    const begun = performance.now();
    tally.asked += 1;
    try {
      if (tally.asked % 2 === 0) await history.counts({});
      else await get(`${gateway()}/api/counts`);
    } catch (error) {
      const what = `${codeOf(error)} ${messageOf(error)}`.slice(0, 120);
      tally.failures.set(what, (tally.failures.get(what) ?? 0) + 1);
    }
    tally.slowest = Math.max(tally.slowest, performance.now() - begun);
  };
  for (let next = performance.now(); !over.aborted; next += 1000 / rate) {
    await pause(Math.max(0, next - performance.now()));
    const asking = one().finally(() => open.delete(asking));
    open.add(asking);
  }
  await Promise.all(open);
  return tally;
}

async function get(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
}

function urlOf(cluster: LocalCluster, name: string): string {
  const [, url = ''] = /serves (http:\S+)/.exec(cluster.parts.get(name)?.said() ?? '') ?? [];
  return url;
}

async function run(): Promise<boolean> {
  const tiers = { all: { types: [], accounts: [], regions: [], interval: '5s' } };
  const cluster = await LocalCluster.start({ accounts: 2, regions: ['us-east-1'], resources: 500, config: { tiers } });
  try {
    for (const [name, roles] of processes) await cluster.role(`${name} old`, roles);
    for (const [name] of processes) await cluster.ready(`${name} old`);
    let gateway = urlOf(cluster, 'gateway old');
    const over = new AbortController();
    const tally = await withClient(cluster, async (estate) => {
      const asking = ask(estate, () => gateway, over.signal);
      await pause(2000);
      for (const [name, roles] of processes) {
        await cluster.role(`${name} new`, roles);
        await cluster.ready(`${name} new`, ['serving', 'standby']);
        // As a Service does it: the new one gets the questions before the old one is asked to stop.
        if (name === 'gateway') gateway = urlOf(cluster, 'gateway new');
        if (name === 'gateway') await pause(1000);
        await cluster.stop(`${name} old`);
        await cluster.ready(`${name} new`);
      }
      await pause(2000);
      over.abort();
      return asking;
    });
    const failed = [...tally.failures.values()].reduce((sum, count) => sum + count, 0);
    console.log(`${tally.asked} questions, ${failed} failed; the slowest took ${(tally.slowest / 1000).toFixed(1)} s`);
    for (const [what, count] of tally.failures) console.log(`  ${count} × ${what}`);
    return failed === 0;
  } finally {
    await cluster.close();
  }
}

// The benches look into every file of this folder.
if (import.meta.main) process.exitCode = (await run()) ? 0 : 1;
