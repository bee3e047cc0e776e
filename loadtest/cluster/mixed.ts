/**
 * `npm run mixed [-- --old <commit> --seconds 60]`: half of the processes run an older commit of this repository, half this
 * one, as in the middle of a rollout. Both versions call each other, scan, judge and serve; the lead passes from the old to
 * the new one half-way. No message may be refused or not understood, and no question may fail.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Estate } from '../../scripts/cluster-client.ts';
import { LocalCluster } from '../../scripts/cluster-processes.ts';
import { number, options, text } from '../../scripts/options.ts';
import type { Balancer } from './balancer.ts';
import { askWhile, get, tallyText } from './questions.ts';

const about = 'Runs half of a cluster on an older version, and asks both.';
const { old, seconds, rate } = options(
  { command: 'npm run mixed --', about },
  {
    old: text('HEAD~60', 'a commit, the older version'),
    seconds: number(60, 'how long they are asked', 1),
    rate: number(20, 'questions a second', 1),
  },
);
const halfMs = seconds * 500;
const root = fileURLToPath(new URL('../..', import.meta.url));
const tiers = { all: { types: [], accounts: [], regions: [], interval: '10s' } };

const processes: readonly [string, readonly string[]][] = [
  ['history', ['history']],
  ['scanner', ['scanner']],
  ['orchestrator', ['orchestrator']],
  ['policy', ['policy', 'tenants', 'events']],
  ['gateway', ['gateway']],
];

/** What a message that one side does not understand is called, by us and by the broker. */
const misunderstood =
  /INVALID_REQUEST|INVALID_RESPONSE|Unexpected token|Invalid packet|SERIALIZER|ProtocolVersionMismatch/;

/** The older version beside this one, with the same packages. */
function checkout(commit: string, folder: string): void {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  git('worktree', 'add', '--detach', '--force', folder, commit);
  if (!existsSync(join(folder, 'node_modules'))) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  console.log(`the older version is ${git('log', '-1', '--format=%h %ci', commit).toString().trim()}`);
}

function questions(estates: Estate, gateways: Balancer): (n: number) => Promise<unknown> {
  const body = JSON.stringify({ input: { subject: { tenant_id: 'tenant_a' }, action: 'read' } });
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  const all = [
    () => estates.history.counts({}),
    () => estates.orchestrator.schedule({}),
    () => get(`${gateways.next()}/api/resources?limit=20`),
    () => get(`${gateways.next()}/api/changes?limit=20`),
    () => get(`${gateways.next()}/api/coverage`),
    () => get(`${gateways.next()}/v1/data/tenants/tenant_a/allow`, init),
  ];
  return async (n) => all[n % all.length]?.();
}

async function passTheLead(cluster: LocalCluster): Promise<void> {
  await pause(halfMs);
  for (const name of ['history', 'orchestrator']) {
    await cluster.stop(`${name} old`);
    await cluster.ready(`${name} new`);
  }
  await pause(halfMs);
}

async function run(): Promise<boolean> {
  const refused: string[] = [];
  const onLog = (name: string, text: string): void => {
    for (const line of text.split('\n')) if (misunderstood.test(line)) refused.push(`${name}: ${line.slice(0, 400)}`);
  };
  const size = { accounts: 2, regions: ['us-east-1'], resources: 600, config: { tiers }, onLog };
  const cluster = await LocalCluster.start(size);
  const older = join(cluster.dir, 'older');
  try {
    checkout(old, older);
    // The old ones lead first, as before a rollout.
    for (const [name, roles] of processes) await cluster.role(`${name} old`, roles, { root: older });
    for (const [name] of processes) await cluster.ready(`${name} old`);
    for (const [name, roles] of processes) await cluster.role(`${name} new`, roles);
    for (const [name] of processes) await cluster.ready(`${name} new`, ['serving', 'standby']);
    const tally = await askWhile(cluster, { rate, questions }, () => passTheLead(cluster));
    console.log(tallyText(tally));
    console.log(`${refused.length} messages were refused or not understood`);
    for (const line of refused.slice(0, 10)) console.log(`  ${line}`);
    return refused.length === 0 && tally.failures.size === 0;
  } finally {
    await cluster.close();
    execFileSync('git', ['worktree', 'prune'], { cwd: root, stdio: 'ignore' });
  }
}

process.exitCode = (await run()) ? 0 : 1;
