/** The demo's story: two scans a day apart, what changed in between, and one resource's whole life. */
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { loadConfig } from '../../../lib/config/load.ts';
import type { Config } from '../../../lib/config/schema.ts';
import { clientOf } from '../../../lib/contract.ts';
import { type ControlClient, controlClient } from '../../../loadtest/aws/server/control-client.ts';
import { historyContract } from '../../../services/history/history.contract.ts';
import { dayMs } from '../commands/demo.ts';
import { showTimeline } from '../commands/timeline.ts';
import { report } from '../exit.ts';
import { write } from '../output.ts';
import { progress } from '../progress.ts';
import { heading, writeSummary } from '../render/summary.ts';
import { runScan, type ScanOutcome } from '../scan.ts';
import { roles, type Session, withSession } from '../session.ts';
import { quietDays, trailLagMs, watched } from './days.ts';

const driftOfADay = 40;
const begun = performance.now();

async function step(text: string): Promise<void> {
  await write(`\n${styleText(['bold', 'cyan'], `▌ ${text}`)}\n`);
}

/** A clock that can be moved on, like the simulated estate's. */
const clock = { offset: 0, now: () => Date.now() + clock.offset };

interface Telling {
  readonly data: string;
  readonly endpoint: string;
  readonly days: number;
  readonly serve: boolean;
  readonly port: number;
}

async function tell({ data, endpoint, days, serve, port }: Telling): Promise<void> {
  const aws = controlClient(endpoint);
  const { accounts, regions } = await aws.info();
  const config = configFor(data, accounts, regions, port);
  const some = ['history', 'scanner', 'policy', 'orchestrator', 'attribution'] as const;
  clock.offset = -days * dayMs;
  await withSession(config, { roles: serve ? roles : some, clock }, async (session) => {
    const first = days === 1 ? 'Yesterday' : `${days} days ago`;
    await step(`${first}: a first scan of ${accounts.length} accounts, nothing known before`);
    await writeSummary(await scan(session));
    if (days > 1) {
      await step(`${days - 1} days pass, each with some drift and a scan`);
      await quietDays(session, aws, { days: days - 1, drift: driftOfADay / 2, clock });
    }
    await aDayPasses(aws, accounts[2]?.id ?? '', regions[1] ?? '');
    await step('Today: the last scan reads everything and writes only what changed');
    const outcome = await scan(session);
    await writeSummary(outcome);
    await worstChange(session, outcome);
    await write(`\nAll of it took ${((performance.now() - begun) / 1000).toFixed(0)} s. `);
    await write(serve ? '\n' : 'On your own accounts: elava scan --region us-east-1\n');
    if (serve) await watched(session, aws);
  });
}

function configFor(
  data: string,
  accounts: readonly { id: string; name: string; environment: string }[],
  regions: readonly string[],
  port: number,
): Config {
  const { config } = loadConfig({
    flags: {
      'storage.path': data,
      // The simulated AWS has no other callers whose share of the request limits should be left to them.
      'providers.aws.rate': 1,
      'gateway.port': port,
      'tenants.path': fileURLToPath(new URL('./tenants', import.meta.url)),
      'providers.aws.regions': regions,
      'providers.aws.accounts': accounts.map(({ id, name, environment }) => ({
        id,
        name,
        environment,
        role_arn: `arn:aws:iam::${id}:role/elava-read`,
      })),
    },
  });
  return config;
}

function scan({ broker, config }: Session): Promise<ScanOutcome> {
  return runScan(broker, { scope: {}, attribute: true, judge: config.policies.enabled, progress: progress() });
}

/** Drift, a security group opened to the world, and a permission lost: what a platform team meets on a Monday. */
async function aDayPasses(aws: ControlClient, denied: string, region: string): Promise<void> {
  await step(`A day passes: ${driftOfADay} resources drift, somebody opens SSH to the world, a permission is lost`);
  await aws.advance({ ms: dayMs - trailLagMs });
  await aws.drift({ count: driftOfADay });
  // After the drift, which may close a group as well as open one.
  const { expected } = await aws.oracle({ type: 'security_group' });
  const closed = expected.filter(({ awsOwned, problems }) => !awsOwned && problems.length === 0);
  const opened = closed.find(({ environment }) => environment === 'prod') ?? closed[0];
  if (opened) await aws.mutate({ do: 'open_ssh', arn: opened.arn });
  await aws.advance({ ms: trailLagMs });
  clock.offset = 0;
  await aws.faults({ set: [{ kind: 'deny', account: denied, region, action: 'rds:DescribeDBInstances' }] });
}

async function worstChange({ broker }: Session, { changes }: ScanOutcome): Promise<void> {
  const opened = changes.find((c) => c.type === 'security_group' && c.severity === 'high') ?? changes[0];
  if (!opened) return;
  await step('One resource in full: elava timeline <id>');
  await showTimeline(await clientOf(historyContract, broker).timeline({ id: opened.id }), 'table');
  await heading('Its databases in the denied unit are still known: absence needs evidence, a failed read is none.');
}

try {
  await tell(JSON.parse(process.argv[2] ?? '{}') as Telling);
} catch (error) {
  process.exitCode = report(error, false);
}
