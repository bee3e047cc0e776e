/**
 * `npm run loadtest [-- --accounts 10,100 --scanners 1,2,4 --resources 200 …]`: one whole scan of a simulated estate that
 * enforces AWS's request limits, by a cluster on this machine. Prints time, throttled share and memory, beside the least time
 * that limits and processors allow.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Estate, withClient } from '../scripts/cluster-client.ts';
import { LocalCluster } from '../scripts/cluster-processes.ts';
import type { ScanReport } from '../services/orchestrator/orchestrator.contract.ts';
import { limitOf } from '../services/scanner/aws/limits.ts';
import { controlClient } from './aws/server/control-client.ts';

const { values } = parseArgs({
  // `-- estate` is the name of the run.
  allowPositionals: true,
  options: {
    accounts: { type: 'string', default: '10,100' },
    scanners: { type: 'string', default: '1,2,4' },
    regions: { type: 'string', default: 'us-east-1,eu-west-1' },
    /** For each account. */
    resources: { type: 'string', default: '200' },
    concurrency: { type: 'string', default: '16' },
    json: { type: 'boolean', default: false },
  },
});
const numbers = (text: string): number[] => text.split(',').map(Number);
const regions = values.regions.split(',');
/** Share of the published limits; the simulated estate has nobody else. */
const share = 0.5;

interface Sample {
  readonly cpu: number;
  readonly memory: number;
  /** Calls by outcome. */
  readonly calls: ReadonlyMap<string, number>;
}
interface Figures {
  readonly accounts: number;
  readonly scanners: number;
  readonly units: number;
  readonly resources: number;
  readonly seconds: number;
  /** Least seconds that the limits allow, and that the processors' work takes on all of them. */
  readonly limit: number;
  readonly work: number;
  readonly calls: number;
  readonly throttled: number;
  readonly scannerMiB: number;
  readonly historyMiB: number;
}

async function sample(url: string): Promise<Sample> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const one = (name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? 0);
  const calls = new Map<string, number>();
  for (const [, outcome = '', count] of text.matchAll(
    /^elava_aws_call_duration_seconds_count\{.*outcome="([^"]*)".*\} (\S+)$/gm,
  ))
    calls.set(outcome, (calls.get(outcome) ?? 0) + Number(count));
  return { cpu: one('process_cpu_seconds_total'), memory: one('process_resident_memory_bytes') / 2 ** 20, calls };
}

/** The simulator counts every call: the fullest bucket of all says how long the limits alone would take. */
async function leastSeconds(endpoint: string): Promise<number> {
  const { counts } = await controlClient(endpoint).ledger({});
  return Math.max(
    0,
    ...counts.map(({ action, calls }) => {
      const { burst, perSecond } = limitOf(action);
      return (calls - burst * share) / (perSecond * share);
    }),
  );
}

async function wholeScan({ orchestrator }: Estate): Promise<ScanReport> {
  const { scan } = await orchestrator.scan({});
  for (;;) {
    const told = await orchestrator.report({ scan, wait: 30_000 });
    if (told.state !== 'running') return told;
  }
}

async function measure(accounts: number, scanners: number): Promise<Figures> {
  const config = { providers: { aws: { concurrency: Number(values.concurrency), rate: share } } };
  const resources = accounts * Number(values.resources);
  const cluster = await LocalCluster.start({ accounts, regions, resources, simulator: ['--limits'], config });
  try {
    const names = Array.from({ length: scanners }, (_, i) => `scanner ${i + 1}`);
    await cluster.role('history', ['history']);
    await cluster.role('orchestrator', ['orchestrator'], { args: ['--manual'] });
    for (const name of names) await cluster.role(name, ['scanner']);
    for (const name of ['history', 'orchestrator', ...names]) await cluster.ready(name);
    const before = await cpuOf(cluster);
    const begun = performance.now();
    const report = await withClient(cluster, wholeScan);
    const seconds = (performance.now() - begun) / 1000;
    const samples = await Promise.all(names.map((name) => sample(cluster.parts.get(name)?.url ?? '')));
    const outcomes = samples.flatMap(({ calls }) => [...calls]);
    const sum = (wanted: (outcome: string) => boolean): number =>
      outcomes.reduce((total, [outcome, count]) => total + (wanted(outcome) ? count : 0), 0);
    return {
      accounts,
      scanners,
      units: report.total,
      resources: report.units.reduce((total, { count }) => total + count, 0),
      seconds,
      limit: await leastSeconds(cluster.endpoint),
      work: ((await cpuOf(cluster)) - before) / cpus().length,
      calls: sum(() => true),
      throttled: sum((outcome) => outcome === 'AWS_THROTTLED'),
      scannerMiB: Math.max(...samples.map(({ memory }) => memory)),
      historyMiB: (await sample(cluster.parts.get('history')?.url ?? '')).memory,
    };
  } finally {
    await cluster.close();
  }
}

/** CPU seconds of our processes; the simulator's are not ours to save. */
async function cpuOf(cluster: LocalCluster): Promise<number> {
  const urls = [...cluster.parts.values()].map(({ url }) => url).filter((url) => url !== '');
  const samples = await Promise.all(urls.map(sample));
  return samples.reduce((total, { cpu }) => total + cpu, 0);
}

function line(f: Figures): string {
  const ideal = Math.max(f.limit, f.work);
  const cells = [
    f.accounts,
    f.scanners,
    f.units,
    f.resources,
    `${f.seconds.toFixed(1)} s`,
    `${ideal.toFixed(1)} s (limits ${f.limit.toFixed(1)}, CPU ${f.work.toFixed(1)})`,
    f.calls,
    `${((100 * f.throttled) / Math.max(1, f.calls)).toFixed(2)} %`,
    `${f.scannerMiB.toFixed(0)} MiB`,
    `${f.historyMiB.toFixed(0)} MiB`,
  ];
  return `| ${cells.join(' | ')} |`;
}

if (!values.json) {
  console.log(
    '| accounts | scanners | units | resources | time | least | calls | throttled | scanner RSS | history RSS |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
}
const [first = 10, ...more] = numbers(values.accounts);
const [one = 1, ...others] = numbers(values.scanners);
const runs = [
  [first, one],
  ...more.map((accounts) => [accounts, one]),
  ...others.map((scanners) => [more.at(-1) ?? first, scanners]),
];
for (const [accounts = first, scanners = one] of runs) {
  const figures = await measure(accounts, scanners);
  console.log(values.json ? JSON.stringify(figures) : line(figures));
}
