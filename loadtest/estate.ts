/**
 * `npm run loadtest [-- estate --accounts 100,1000 --scanners 1,2,4 …]`: whole scans of a simulated estate that enforces AWS's
 * request limits, by a cluster on this machine. First memory by the number of accounts; then how more scanners share units
 * that wait for the limits. Prints time, throttled share and memory beside the least time that limits and processors allow,
 * and what an estate of 1,000 accounts × 17 regions × all types would take at the measured rate.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Estate, withClient } from '../scripts/cluster-client.ts';
import { LocalCluster } from '../scripts/cluster-processes.ts';
import { limitKey, limitOf } from '../services/scanner/aws/limits.ts';
import { awsTypes } from '../services/scanner/aws/resources/index.ts';
import { controlClient } from './aws/server/control-client.ts';

const text = (fallback: string) => ({ type: 'string', default: fallback }) as const;
const { values } = parseArgs({
  // `-- estate` is the name of the run.
  allowPositionals: true,
  options: {
    /** Of the first runs, with one scanner. */
    accounts: text('100,1000'),
    regions: text('us-east-1'),
    types: text('ec2,ebs,s3,rds,lambda,iam_role'),
    /** For each account. */
    resources: text('20'),
    /** Of the second runs, whose few accounts have many resources of types that are limited tightly. */
    scanners: text('1,2,4'),
    limited: text('600'),
    concurrency: text('32'),
    json: { type: 'boolean', default: false },
  },
});
const list = (words: string): string[] => words.split(',').filter((word) => word !== '');
/** Share of the published limits; the simulated estate has nobody else. */
const share = 0.5;
/** Every resource of these takes calls of its own, of which an account has 7.5 or 12.5 a second. */
const tight = ['lambda', 'dynamodb'];
const tightAccounts = 2;
const whole = { accounts: 1000, regions: 17 };

interface Sample {
  readonly cpu: number;
  readonly memory: number;
  /** Calls by outcome. */
  readonly calls: ReadonlyMap<string, number>;
}
interface Size {
  readonly accounts: number;
  readonly scanners: number;
  readonly regions: readonly string[];
  readonly types: readonly string[];
  /** In all. */
  readonly resources: number;
}
interface Figures extends Omit<Size, 'regions' | 'types'> {
  readonly units: number;
  readonly seconds: number;
  /** Least seconds that the limits allow, and that the processors' work takes on all of them. */
  readonly limit: number;
  readonly work: number;
  readonly calls: number;
  readonly throttled: number;
  readonly scannerMiB: number;
  readonly historyMiB: number;
  readonly orchestratorMiB: number;
}

async function sample(url: string): Promise<Sample> {
  const body = await (await fetch(`${url}/metrics`)).text();
  const one = (name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(body)?.[1] ?? 0);
  const calls = new Map<string, number>();
  for (const [, outcome = '', count] of body.matchAll(
    /^elava_aws_call_duration_seconds_count\{.*outcome="([^"]*)".*\} (\S+)$/gm,
  ))
    calls.set(outcome, (calls.get(outcome) ?? 0) + Number(count));
  return { cpu: one('process_cpu_seconds_total'), memory: one('process_resident_memory_bytes') / 2 ** 20, calls };
}

/** The simulator counts every call: the fullest bucket of all says how long the limits alone would take. */
async function leastSeconds(endpoint: string): Promise<number> {
  const { counts } = await controlClient(endpoint).ledger({});
  const buckets = new Map<string, { calls: number; action: string }>();
  for (const { action, account, region, calls } of counts) {
    const key = limitKey(`${account} ${region}`, action);
    buckets.set(key, { action, calls: calls + (buckets.get(key)?.calls ?? 0) });
  }
  const times = [...buckets.values()].map(({ action, calls }) => {
    const { burst, perSecond } = limitOf(action);
    return (calls - burst * share) / (perSecond * share);
  });
  return times.reduce((most, seconds) => Math.max(most, seconds), 0);
}

async function wholeScan({ orchestrator }: Estate, types: readonly string[]): Promise<number> {
  const { scan, total } = await orchestrator.scan({ types: [...types] });
  for (;;) {
    const { state } = await orchestrator.report({ scan, wait: 30_000 });
    if (state !== 'running') return total;
  }
}

async function measure({ accounts, scanners, regions, types, resources }: Size): Promise<Figures> {
  const aws = { concurrency: Number(values.concurrency), rate: share };
  const simulator = ['--limits', '--types', types.join(',')];
  const cluster = await LocalCluster.start({ accounts, regions, resources, simulator, aws });
  try {
    const names = Array.from({ length: scanners }, (_, i) => `scanner ${i + 1}`);
    await cluster.role('history', ['history']);
    await cluster.role('orchestrator', ['orchestrator'], { args: ['--manual'] });
    for (const name of names) await cluster.role(name, ['scanner']);
    for (const name of ['history', 'orchestrator', ...names]) await cluster.ready(name);
    const before = await cpuOf(cluster);
    const begun = performance.now();
    const units = await withClient(cluster, (estate) => wholeScan(estate, types));
    const seconds = (performance.now() - begun) / 1000;
    const samples = await Promise.all(names.map((name) => sampleOf(cluster, name)));
    const outcomes = samples.flatMap(({ calls }) => [...calls]);
    const sum = (wanted: (outcome: string) => boolean): number =>
      outcomes.reduce((total, [outcome, count]) => total + (wanted(outcome) ? count : 0), 0);
    return {
      accounts,
      scanners,
      units,
      resources,
      seconds,
      limit: await leastSeconds(cluster.endpoint),
      work: ((await cpuOf(cluster)) - before) / cpus().length,
      calls: sum(() => true),
      throttled: sum((outcome) => outcome === 'AWS_THROTTLED'),
      scannerMiB: Math.max(...samples.map(({ memory }) => memory)),
      historyMiB: (await sampleOf(cluster, 'history')).memory,
      orchestratorMiB: (await sampleOf(cluster, 'orchestrator')).memory,
    };
  } finally {
    await cluster.close();
  }
}

function sampleOf(cluster: LocalCluster, name: string): Promise<Sample> {
  return sample(cluster.parts.get(name)?.url ?? '');
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
    (ideal / f.seconds).toFixed(2),
    f.calls,
    `${((100 * f.throttled) / Math.max(1, f.calls)).toFixed(2)} %`,
    ...[f.scannerMiB, f.historyMiB, f.orchestratorMiB].map((mib) => `${mib.toFixed(0)} MiB`),
  ];
  return `| ${cells.join(' | ')} |`;
}

const heads =
  'accounts, scanners, units, resources, time, least, ratio, calls, throttled, scanner RSS, history RSS, orchestrator RSS';

function tell(figures: Figures): void {
  console.log(values.json ? JSON.stringify(figures) : line(figures));
}

/** What nobody has the time to wait for, from what was measured: such a scan's units hardly wait for limits. */
function extrapolate({ accounts, units, seconds }: Figures): void {
  const all = whole.accounts * whole.regions * awsTypes.size;
  const hours = (all * seconds) / units / 3600;
  console.log(
    `\nAt ${(units / seconds).toFixed(0)} units/s, as with ${accounts} accounts: ${whole.accounts} accounts × ` +
      `${whole.regions} regions × ${awsTypes.size} types are ${all} units, ${hours.toFixed(1)} h`,
  );
}

async function run(): Promise<void> {
  const [regions, types] = [list(values.regions), list(values.types)];
  if (!values.json) {
    const names = heads.split(', ');
    console.log(`| ${names.join(' | ')} |\n| ${names.map(() => '---').join(' | ')} |`);
  }
  let last: Figures | undefined;
  for (const accounts of list(values.accounts).map(Number)) {
    const resources = accounts * Number(values.resources);
    last = await measure({ accounts, scanners: 1, regions, types, resources });
    tell(last);
  }
  for (const scanners of list(values.scanners).map(Number)) {
    const resources = tightAccounts * Number(values.limited);
    tell(await measure({ accounts: tightAccounts, scanners, regions: regions.slice(0, 1), types: tight, resources }));
  }
  if (last && !values.json) extrapolate(last);
}

await run();
