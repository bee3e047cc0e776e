/**
 * How long it takes from a change's event being there to its answer: `node loadtest/attribution-delay.ts [changes]`. The real
 * services run their loop; only the provider's log is an array, paced like LookupEvents at half its rate. First the event is
 * in the log when the change is seen; then the change waits and its event is pushed, as by EventBridge.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { loadConfig } from '../lib/config/load.ts';
import { clientOf } from '../lib/contract.ts';
import { createLogger } from '../lib/log.ts';
import { sleep } from '../lib/time.ts';
import { attributionContract } from '../services/attribution/attribution.contract.ts';
import attribution from '../services/attribution/attribution.service.ts';
import { historyContract } from '../services/history/history.contract.ts';
import history from '../services/history/history.service.ts';
import { median } from './scenario.ts';

const unit = { account: '111111111111', region: 'eu-west-1', type: 'ec2' };
const idOf = (n: number): string => `i-${n.toString(16).padStart(17, '0')}`;
const arnOf = (n: number): string => `arn:aws:ec2:${unit.region}:${unit.account}:instance/${idOf(n)}`;

function stopped(n: number): string {
  const userIdentity = { type: 'IAMUser', userName: 'ada', accountId: unit.account, accessKeyId: 'AKIAADA' };
  return JSON.stringify({
    eventID: `event-${n}-${Date.now()}`,
    eventName: 'StopInstances',
    eventTime: new Date().toISOString(),
    eventSource: 'ec2.amazonaws.com',
    awsRegion: unit.region,
    recipientAccountId: unit.account,
    userIdentity,
    requestParameters: { instancesSet: { items: [{ instanceId: idOf(n) }] } },
  });
}

const never = new AbortController().signal;

/** The provider's log, newest first, a page in as long as LookupEvents makes a caller wait. */
function providerLog(log: readonly string[]) {
  return {
    name: 'scanner',
    actions: {
      async audit() {
        await sleep(1000, never);
        return { records: log.slice(-50).reverse() };
      },
    },
  };
}

/** Tells when a resource's change is answered by an event. */
function listener(told: ReadonlyMap<string, (at: number) => void>) {
  return {
    name: 'listener',
    events: {
      'attribution.attributed': (context: { params: { id: string; attribution: { method: string } } }) => {
        const { id, attribution: answer } = context.params;
        if (answer.method === 'cloudtrail') told.get(id)?.(performance.now());
      },
    },
  };
}

async function scan(broker: ServiceBroker, numbers: readonly number[], status: string): Promise<void> {
  const memory = clientOf(historyContract, broker);
  const at = new Date().toISOString();
  const scanId = `${status}-${numbers[0]}`;
  const plain = { provider: 'aws', ...unit, tags: {}, created_at: '2026-01-01T00:00:00.000Z', refs: [], metadata: {} };
  const resources = numbers.map((n) => ({
    hash: `${status === 'running' ? '1' : '2'}${String(n).padStart(15, '0')}`,
    resource: { ...plain, id: arnOf(n), name: idOf(n), status },
  }));
  await memory.ingest({ batch: scanId, scan: scanId, unit, at, resources });
  const whole = { started: at, finished: at, state: 'complete' as const, error: '', detail: '', count: 1, absent: [] };
  await memory.observe({ scan: scanId, unit, ...whole });
}

/** Milliseconds. */
type Figures = Record<'logged' | 'pushed', number[]>;

async function delays(changes: number): Promise<Figures> {
  const data = await mkdtemp(join(tmpdir(), 'elava-delay-'));
  const { config } = loadConfig({ env: {}, cwd: data, flags: { 'storage.path': data } });
  const broker = new ServiceBroker(brokerOptions(config, { log: createLogger({ level: 'error' }) }));
  const log: string[] = [];
  const told = new Map<string, (at: number) => void>();
  for (const service of [providerLog(log), listener(told), history, attribution])
    broker.createService(service as never);
  await broker.start();
  // The loop's pauses keep no process alive, and nothing listens here.
  const alive = setInterval(() => undefined, 1000);
  try {
    return await measure(broker, changes, { log, told });
  } finally {
    clearInterval(alive);
    await broker.stop();
    await rm(data, { recursive: true, force: true });
  }
}

async function measure(
  broker: ServiceBroker,
  changes: number,
  { log, told }: { log: string[]; told: Map<string, (at: number) => void> },
): Promise<Figures> {
  const attributor = clientOf(attributionContract, broker);
  const answered = (n: number) => new Promise<number>((resolve) => told.set(arnOf(n), resolve));
  const figures: Figures = { logged: [], pushed: [] };
  const all = Array.from({ length: 2 * changes }, (_, n) => n);
  await scan(broker, all, 'running');
  await attributor.loop({ on: true });
  for (const n of all.slice(0, changes)) {
    log.push(stopped(n));
    const answer = answered(n);
    const begun = performance.now();
    await scan(broker, [n], 'stopped');
    figures.logged.push((await answer) - begun);
  }
  for (const n of all.slice(changes)) {
    const late = stopped(n);
    await scan(broker, [n], 'stopped');
    await sleep(4000, never);
    const answer = answered(n);
    const begun = performance.now();
    await attributor.deliver({ records: [late] });
    figures.pushed.push((await answer) - begun);
  }
  return figures;
}

if (import.meta.main) {
  const figures = await delays(Number(process.argv[2] ?? 10));
  for (const [name, values] of Object.entries(figures)) {
    const seconds = values.map((ms) => ms / 1000).sort((a, b) => a - b);
    console.log(
      `${name}: median ${median(seconds).toFixed(1)} s, longest ${(seconds.at(-1) ?? 0).toFixed(1)} s, of ${seconds.length}`,
    );
  }
}
