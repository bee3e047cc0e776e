/**
 * `npm run loadtest [-- estate --accounts 100,1000 --scanners 1,2,4 …]`: whole scans of a simulated estate that enforces AWS's
 * request limits, by a cluster on this machine. First memory by the number of accounts; then how more scanners share units
 * that wait for the limits; then how more processes with the role history share what is written. Prints time, throttled share
 * and memory beside the least time that limits and processors allow. The largest estate that was measured, which takes an hour:
 * `--accounts 1000 --regions all --types all --resources 1000 --concurrency 128 --scanners '' --histories ''`.
 */
import { cpus } from 'node:os';
import { type Estate, withClient } from '../../scripts/cluster-client.ts';
import { LocalCluster } from '../../scripts/cluster-processes.ts';
import { among, number, numbers, options } from '../../scripts/options.ts';
import { limitKey, limitOf } from '../../services/scanner/aws/limits.ts';
import { regions as everyRegion } from '../../services/scanner/aws/regions.ts';
import { controlClient } from '../aws/server/control-client.ts';
import { resourceTypes } from '../aws/world/estate.ts';

/** An account has these without asking for them (AWS, "Regions and zones"); of all others it must enable each. */
const enabled =
  `us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3
  ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2`.split(/\s+/);

const values = options(
  {
    command: 'npm run loadtest --',
    about: 'Scans simulated estates that enforce the request limits of AWS, with a cluster on this machine.',
    name: 'estate',
    flags: { json: 'a line of JSON for each run, instead of a table' },
  },
  {
    accounts: numbers('100,1000', 'of the first runs, with one scanner'),
    regions: among(
      { known: everyRegion, all: enabled },
      'us-east-1',
      'that are scanned; all: the 17 that every account has',
    ),
    types: among(
      { known: resourceTypes },
      'ec2,ebs,s3,rds,lambda,iam_role',
      'that are scanned in the first and the third runs',
    ),
    resources: number(20, 'for each account', 1),
    scanners: numbers('1,2,4', 'of the second runs, whose few accounts are limited tightly'),
    limited: number(600, 'resources of each account of the second runs', 1),
    histories: numbers('1,3', 'processes of the role history in the third runs; all but the first write'),
    shared: number(200, 'accounts of the third runs', 1),
    // Alone on a machine with it they would share its processors.
    away: number(50, 'milliseconds that the store is away in the third runs, each way'),
    concurrency: number(32, 'units under way in a scanner', 1),
  },
);
/** Share of the published limits; the simulated estate has nobody else. */
const share = 0.5;
/** Every resource of these takes calls of its own, of which an account has 7.5 or 12.5 a second. */
const tight = ['lambda', 'dynamodb'];
const tightAccounts = 2;

interface Sample {
  readonly cpu: number;
  readonly memory: number;
  /** Calls by outcome. */
  readonly calls: ReadonlyMap<string, number>;
}
interface Size {
  readonly accounts: number;
  readonly scanners: number;
  /** Processes with the role history. */
  readonly histories: number;
  /** Milliseconds to the store, each way. */
  readonly away?: number;
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

/** The first leads; with others, these write. */
async function startHistory(cluster: LocalCluster, count: number): Promise<void> {
  const others = Array.from({ length: count - 1 }, (_, i) => `history ${i + 2}`);
  await cluster.role('history', ['history']);
  await cluster.ready('history');
  for (const name of others) await cluster.role(name, ['history']);
  for (const name of others) await cluster.ready(name, ['standby']);
}

async function measure({ accounts, scanners, histories, away = 0, regions, types, resources }: Size): Promise<Figures> {
  const aws = { concurrency: values.concurrency, rate: share };
  const config = { storage: { writers: Math.max(1, histories - 1) } };
  const simulator = ['--limits', '--types', types.join(',')];
  const cluster = await LocalCluster.start({ accounts, regions, resources, simulator, aws, config, proxied: away > 0 });
  try {
    const names = Array.from({ length: scanners }, (_, i) => `scanner ${i + 1}`);
    await startHistory(cluster, histories);
    await cluster.role('orchestrator', ['orchestrator'], { args: ['--manual'] });
    for (const name of names) await cluster.role(name, ['scanner']);
    for (const name of ['history', 'orchestrator', ...names]) await cluster.ready(name);
    for (const { store } of cluster.lines.values()) store.delay(away);
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
      histories,
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
    f.histories,
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
  'accounts, scanners, histories, units, resources, time, least, ratio, calls, throttled, scanner RSS, history RSS, orchestrator RSS';

function tell(figures: Figures): void {
  console.log(values.flags.has('json') ? JSON.stringify(figures) : line(figures));
}

async function run(): Promise<void> {
  const { regions, types } = values;
  if (!values.flags.has('json')) {
    const names = heads.split(', ');
    console.log(`| ${names.join(' | ')} |\n| ${names.map(() => '---').join(' | ')} |`);
  }
  for (const accounts of values.accounts) {
    const resources = accounts * values.resources;
    tell(await measure({ accounts, scanners: 1, histories: 1, regions, types, resources }));
  }
  for (const scanners of values.scanners) {
    const resources = tightAccounts * values.limited;
    const size = { accounts: tightAccounts, scanners, histories: 1, types: tight, resources };
    tell(await measure({ ...size, regions: regions.slice(0, 1) }));
  }
  for (const histories of values.histories) {
    const { shared: accounts, away } = values;
    tell(
      await measure({
        accounts,
        scanners: 1,
        histories,
        away,
        regions,
        types,
        resources: accounts * values.resources,
      }),
    );
  }
}

await run();
