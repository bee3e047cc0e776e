/**
 * Measures the waste analyzer against the simulator's labels: `node loadtest/waste-report.ts [resources]` prints precision and
 * recall by kind, and how many findings were of what AWS made itself. The truth is read off the simulated resources, not off
 * what the product stored of them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { processEnv } from '../lib/config/env.ts';
import { loadConfig } from '../lib/config/load.ts';
import { clientOf } from '../lib/contract.ts';
import { createLogger } from '../lib/log.ts';
import { runtimeOf } from '../lib/runtime.ts';
import { analyzerContract, type WasteFinding } from '../services/analyzer/analyzer.contract.ts';
import { startSimulator } from './aws/server/simulator.ts';
import { createWorld, type Expected } from './aws/world/world.ts';
import { scanAndWait } from './scan-and-wait.ts';

type Kind = WasteFinding['kind'];
export interface WasteScore {
  readonly kind: string;
  readonly true: number;
  readonly found: number;
  readonly right: number;
}
const services = ['history', 'scanner', 'orchestrator', 'analyzer'] as const;
const [DAY_MS, WEEK_MS] = [86_400_000, 7 * 86_400_000];

/** Scans, measures and looks for waste, all by the product itself. */
export async function wasteScores(
  resources: number,
): Promise<{ scores: WasteScore[]; awsOwned: string[]; wrong: string[] }> {
  const regions = ['us-east-1', 'eu-west-1'];
  const startTime = Date.parse('2026-11-02T06:00:00.000Z');
  const world = createWorld({ seed: 11, accounts: 2, regions, resources, startTime });
  const simulator = await startSimulator({ world, port: 0 });
  const { accessKeyId, secretAccessKey } = simulator.credentials();
  Object.assign(processEnv(), { AWS_ENDPOINT_URL: simulator.endpoint, AWS_ACCESS_KEY_ID: accessKeyId });
  Object.assign(processEnv(), { AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: 'us-east-1' });
  const data = await mkdtemp(join(tmpdir(), 'elava-waste-'));
  const flags = {
    'storage.path': data,
    'providers.aws.regions': regions,
    'providers.aws.accounts': world.accounts.map(({ id }) => ({ id, role_arn: `arn:aws:iam::${id}:role/elava` })),
  };
  const loaded = loadConfig({ env: {}, cwd: data, flags }).config;
  // The world's clock stands still, so nothing may be paced by it.
  const config = { ...loaded, providers: { aws: { ...loaded.providers.aws, rate: 1000 } } };
  const log = createLogger({ level: 'error' });
  const broker = new ServiceBroker(brokerOptions(config, { log, clock: { now: () => world.now() } }));
  try {
    for (const name of services) {
      const module = (await import(`../services/${name}/${name}.service.ts`)) as { default: object };
      broker.createService(module.default as never);
    }
    await broker.start();
    await scanAndWait(broker);
    const analyzer = clientOf(analyzerContract, broker);
    const { failed } = await analyzer.measure({});
    if (failed[0]) throw new Error(`${failed[0].error}: ${failed[0].detail}`);
    const { findings } = await analyzer.waste({});
    return compare(findings, [...world.expected()], world.now());
  } finally {
    await broker.stop();
    await runtimeOf(broker).jobs.close();
    await simulator.close();
    await rm(data, { recursive: true, force: true });
  }
}

/** The kinds of which the simulator knows the truth; the truth of `orphaned` is the rule itself. */
const truths: Readonly<Record<Exclude<Kind, 'orphaned'>, (one: Expected, now: number) => boolean>> = {
  stopped: ({ problems }) => problems.includes('stopped_instance'),
  unattached: ({ problems }) =>
    [
      'unattached_volume',
      'unassociated_address',
      'unattached_interface',
      'unused_target_group',
      'idle_load_balancer',
    ].some((problem) => problems.includes(problem as never)),
  obsolete: (one, now) =>
    one.problems.includes('unused_image') ||
    (one.problems.includes('orphaned_snapshot') && now - Date.parse(one.createdAt) >= 30 * DAY_MS),
  idle: (one, now) => isMeasured(one, now) && one.usage === 'idle',
  oversized: (one, now) =>
    ['ec2', 'rds', 'elasticache'].includes(one.type) && isMeasured(one, now) && one.usage === 'oversized',
};

/** By the API's own words; what was made within a week was not measured for long enough. */
function isMeasured({ type, api, createdAt, awsOwned, arn }: Expected, now: number): boolean {
  const state = api as {
    State?: string | { Name?: string };
    DBInstanceStatus?: string;
    CacheClusterStatus?: string;
    LastModified?: string;
  };
  // Of a function AWS tells nothing but its last deployment.
  const since = type === 'lambda' ? Date.parse(state.LastModified ?? '') : Date.parse(createdAt);
  if (awsOwned || now - since < WEEK_MS) return false;
  const states: Readonly<Record<string, boolean>> = {
    ec2: typeof state.State === 'object' && state.State.Name === 'running',
    rds: state.DBInstanceStatus === 'available',
    elasticache: state.CacheClusterStatus === 'available',
    ebs: state.State === 'in-use',
    nat_gateway: state.State === 'available',
    lambda: true,
    dynamodb: true,
    elb: arn.includes('loadbalancer/app/'),
    elb_classic: true,
  };
  return states[type] ?? false;
}

function compare(findings: readonly WasteFinding[], expected: readonly Expected[], now: number) {
  const known = new Map(expected.map((one) => [one.arn, one]));
  const wrong: string[] = [];
  const scores = Object.entries(truths).map(([kind, isTrue]) => {
    const found = findings.filter(
      (finding) => finding.kind === kind && (kind !== 'oversized' || finding.type !== 'dynamodb'),
    );
    const right = found.filter(({ id }) => {
      const one = known.get(id);
      return one !== undefined && isTrue(one, now);
    });
    wrong.push(...found.filter((one) => !right.includes(one)).map(({ id }) => `${kind} ${id}`));
    const truth = expected.filter((one) => isTrue(one, now));
    const ids = new Set(found.map(({ id }) => id));
    wrong.push(...truth.filter(({ arn }) => !ids.has(arn)).map(({ arn }) => `not ${kind} ${arn}`));
    return { kind, true: truth.length, found: found.length, right: right.length };
  });
  return { scores, wrong, awsOwned: findings.filter(({ id }) => known.get(id)?.awsOwned).map(({ id }) => id) };
}

if (import.meta.main) {
  const { scores, awsOwned, wrong } = await wasteScores(Number(process.argv[2] ?? 6000));
  const share = (part: number, whole: number) => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);
  console.log('| kind | true | found | precision | recall |\n|---|---:|---:|---:|---:|');
  for (const { kind, true: truth, found, right } of scores)
    console.log(`| ${kind} | ${truth} | ${found} | ${share(right, found)} | ${share(right, truth)} |`);
  console.log(`\nFindings of what AWS made itself: ${awsOwned.length}`);
  for (const line of wrong.slice(0, 20)) console.log(line);
}
