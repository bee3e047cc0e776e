import { type Command, Option } from 'commander';
import { clientOf } from '../../../lib/contract.ts';
import type { Coverage } from '../../../lib/resource.ts';
import { type Evaluation, historyContract } from '../../../services/history/history.contract.ts';
import type { Scope } from '../../../services/orchestrator/orchestrator.contract.ts';
import { exit } from '../exit.ts';
import { list } from '../filter.ts';
import { type Column, note, type Output, onePage, write, writeRows } from '../output.ts';
import { progress } from '../progress.ts';
import { decisions, gapsOf, writeSummary } from '../render/summary.ts';
import { type Untracked, untracked } from '../risk.ts';
import { runScan, type ScanOutcome } from '../scan.ts';
import { type GlobalOptions, settings, withSession } from '../session.ts';
import { interruptible } from '../signals.ts';

type FailOn = 'deny' | 'require_approval' | 'flag' | 'never';
type Options = GlobalOptions & {
  region?: string[];
  account?: string[];
  type?: string[];
  tiers?: string[];
  riskOnly?: boolean;
  judge: boolean;
  failOn: FailOn;
  output: Output;
};

export function scanCommand(program: Command, finish: (code: number) => void): Command {
  return program
    .command('scan')
    .summary('scan, remember, judge, and show what matters')
    .description(
      'Scans the accounts and regions of the configuration, stores what changed, judges it, and shows the result.',
    )
    .option('--region <names>', 'regions, comma-separated, or all that each account has enabled: all', list)
    .option('--account <ids>', 'accounts by id or name, comma-separated', list)
    .option('--type <types>', 'resource types, comma-separated; all: with the long tail, which is called other', list)
    .option('--tiers <names>', 'tiers of the configuration, comma-separated', list)
    .option('--risk-only', 'show only high-risk untracked resources: no owner, and a security or waste finding')
    .option('--no-judge', 'scan and remember only')
    .addOption(
      new Option('--fail-on <decision>', 'weakest decision that makes the exit code 3')
        .choices(['deny', 'require_approval', 'flag', 'never'])
        .default('flag'),
    )
    .addHelpText(
      'after',
      `
Examples:
  elava scan
  elava scan --region us-west-2
  elava scan --risk-only
  elava scan --tiers critical,production
  elava scan --output ndjson | jq 'select(.result.decision == "deny")'

With --output json the whole outcome is one document; ndjson and csv print one finding a line.
Exit codes: 0 nothing found, 3 findings, 4 some units could not be read (also when there are findings), 1 error, 2 usage.`,
    )
    .action(async (_, command: Command) => {
      finish(await scan(command.optsWithGlobals<Options>()));
    });
}

async function scan(options: Options): Promise<number> {
  const config = settings(options, options.region ? { 'providers.aws.regions': options.region } : {});
  const { signal, close } = interruptible();
  const judge = options.judge && config.policies.enabled;
  try {
    return await withSession(
      config,
      // The policy role judges what changes by itself: without it nothing is judged.
      {
        ...options,
        roles: ['history', 'scanner', 'orchestrator', 'attribution', ...(judge ? (['policy'] as const) : [])],
      },
      async ({ broker }) => {
        const outcome = await runScan(broker, {
          scope: scopeOf(options),
          attribute: config.analyzer.drift.enabled && config.analyzer.drift.attribution,
          judge,
          progress: progress(),
          signal,
        });
        const risky = options.riskOnly
          ? await untracked(clientOf(historyContract, broker), outcome.findings, config.tags.owner)
          : undefined;
        await show(outcome, risky, options.output);
        if (signal.aborted) return exit.interrupted;
        const ids = risky && new Set(risky.map(({ id }) => id));
        const counted = outcome.findings.filter((f) => !ids || ids.has(f.resource_id));
        return exitCode({ ...outcome, findings: counted }, options.failOn);
      },
    );
  } finally {
    close();
  }
}

function scopeOf({ account, region, type, tiers }: Options): Scope {
  return {
    ...(account && { accounts: account }),
    ...(region && { regions: region }),
    ...(type && { types: type }),
    ...(tiers && { tiers }),
  };
}

/**
 * Partial coverage comes before findings: what was not read may hide worse. A region that is off and an account that is
 * suspended hold nothing that could be read: such units are told, and are no failure.
 */
export function exitCode({ report, findings }: Pick<ScanOutcome, 'report' | 'findings'>, failOn: FailOn): number {
  const missed = ({ state }: Pick<Coverage, 'state'>): boolean => state === 'failed' || state === 'partial';
  if (report.units.length + (report.left_out ?? 0) < report.total || report.units.some(missed)) return exit.partial;
  const counted = failOn === 'never' ? [] : decisions.slice(0, decisions.indexOf(failOn) + 1);
  return findings.some((f) => counted.includes(f.result.decision)) ? exit.findings : exit.ok;
}

const findingColumns: Column<Evaluation>[] = [
  { head: 'decision', value: (f) => f.result.decision },
  { head: 'policy', value: (f) => f.policy_name },
  { head: 'type', value: (f) => f.type },
  { head: 'account', value: (f) => f.account },
  { head: 'region', value: (f) => f.region },
  { head: 'name', value: (f) => f.name },
  { head: 'id', value: (f) => f.resource_id },
  { head: 'reason', value: (f) => f.result.reason },
];
const riskColumns: Column<Untracked>[] = [
  { head: 'TYPE', value: (r) => r.type },
  { head: 'ACCOUNT', value: (r) => r.account, spare: true },
  { head: 'REGION', value: (r) => r.region, spare: true },
  { head: 'NAME', value: (r) => r.name },
  { head: 'WHY', value: (r) => r.reasons.join('; ') },
];

async function show(outcome: ScanOutcome, risky: readonly Untracked[] | undefined, output: Output): Promise<void> {
  const { report, counts, changes, findings, judged, seconds } = outcome;
  if (output === 'json') {
    return write(
      `${JSON.stringify({ scan: report, counts, changes, findings: risky ?? findings, judged: judged ?? null, seconds })}\n`,
    );
  }
  if (risky) {
    await writeRows(output, riskColumns, onePage(risky));
    if (output === 'table')
      note(`${risky.length} high-risk untracked resources; ${gapsOf(report.units).length} units not read completely`);
    return;
  }
  if (output === 'table') return writeSummary(outcome);
  await writeRows(output, findingColumns, onePage(findings));
}
