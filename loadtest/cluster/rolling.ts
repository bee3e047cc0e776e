/**
 * `npm run rolling [-- --rate 200]`: every process of a cluster is replaced, one at a time and the new one first, while the
 * estate is asked at a steady rate over the bus and over HTTP, through whichever gateways say that they are ready. None of
 * the questions may fail, and none is asked twice.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Estate } from '../../scripts/cluster-client.ts';
import { LocalCluster } from '../../scripts/cluster-processes.ts';
import { number, options } from '../../scripts/options.ts';
import type { Balancer } from './balancer.ts';
import { askWhile, get, tallyText } from './questions.ts';

const about = 'Replaces every process of a cluster that is asked at a steady rate.';
const { rate } = options({ command: 'npm run rolling --', about }, { rate: number(200, 'questions a second', 1) });

const processes: readonly [string, readonly string[]][] = [
  ['history', ['history']],
  ['scanner', ['scanner']],
  ['orchestrator', ['orchestrator']],
  ['policy', ['policy', 'tenants', 'events']],
  ['gateway', ['policy', 'tenants', 'events', 'gateway']],
];
const tiers = { all: { types: [], accounts: [], regions: [], interval: '30s' } };
const config = { tiers, gateway: { linger: '2s' } };
const edge = { env: { ELAVA_POLICIES_JUDGE: 'false' } };

/** Of eight questions six are a tenant's, one asks the memory over HTTP and one over the bus. */
function questions({ history }: Estate, gateways: Balancer): (n: number) => Promise<unknown> {
  const input = { subject: { tenant_id: 'tenant_a', user_id: 'u' }, action: 'read', resource: { region: 'EU' } };
  const body = JSON.stringify({ input });
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  return async (n) => {
    if (n % 8 === 0) return history.counts({});
    if (n % 8 === 4) return get(`${gateways.next()}/api/counts`);
    const text = await get(`${gateways.next()}/v1/data/tenants/tenant_a/allow`, init);
    if (!text.includes('"result"')) throw new Error(`no result: ${text}`);
    return text;
  };
}

async function replaceAll(cluster: LocalCluster): Promise<void> {
  for (const [name, roles] of processes) {
    const begun = performance.now();
    await cluster.role(`${name} new`, roles, name === 'gateway' ? edge : {});
    await cluster.ready(`${name} new`, ['serving', 'standby']);
    const there = performance.now();
    await cluster.stop(`${name} old`);
    const gone = performance.now();
    await cluster.ready(`${name} new`);
    const times = [there - begun, gone - there, performance.now() - gone].map((ms) => `${(ms / 1000).toFixed(1)} s`);
    console.log(
      `${name}: the new one was there after ${times[0]}, the old one gone after ${times[1]}, then ${times[2]}`,
    );
    await pause(1000);
  }
}

async function rollOut(cluster: LocalCluster): Promise<void> {
  await pause(2000);
  await replaceAll(cluster);
  await pause(2000);
}

async function run(): Promise<boolean> {
  const cluster = await LocalCluster.start({ accounts: 2, regions: ['us-east-1'], resources: 500, config });
  try {
    for (const [name, roles] of processes) await cluster.role(`${name} old`, roles, name === 'gateway' ? edge : {});
    for (const [name] of processes) await cluster.ready(`${name} old`);
    const tally = await askWhile(cluster, { rate, questions }, () => rollOut(cluster));
    console.log(tallyText(tally));
    return tally.failures.size === 0;
  } finally {
    await cluster.close();
  }
}

process.exitCode = (await run()) ? 0 : 1;
