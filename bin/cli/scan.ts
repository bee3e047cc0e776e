/** One scan from plan to judgement, as the command line and the demo run it in their own process. */
import type { ServiceBroker } from 'moleculer';
import type { Static } from 'typebox';
import { clientOf } from '../../lib/contract.ts';
import { type Change, type ResourceFilter, type Unit, unitKey } from '../../lib/resource.ts';
import { runtimeOf } from '../../lib/runtime.ts';
import { attributionContract } from '../../services/attribution/attribution.contract.ts';
import { type Evaluation, historyContract } from '../../services/history/history.contract.ts';
import {
  orchestratorContract,
  type ScanReport,
  type Scope,
} from '../../services/orchestrator/orchestrator.contract.ts';
import { policyContract } from '../../services/policy/policy.contract.ts';
import { pages } from './output.ts';
import type { Progress } from './progress.ts';

export interface ScanOutcome {
  readonly report: ScanReport;
  readonly counts: Readonly<Record<string, number>>;
  readonly changes: readonly Change[];
  readonly findings: readonly Evaluation[];
  readonly judged: Static<(typeof policyContract)['actions']['judge']['result']> | undefined;
  readonly seconds: number;
}
export interface ScanOptions {
  readonly scope: Scope;
  /** Says who is behind the changes, before they are judged. */
  readonly attribute: boolean;
  readonly judge: boolean;
  readonly progress: Progress;
  /** Aborts: units that have not begun are dropped. */
  readonly signal?: AbortSignal;
}

/** More than this is counted by other verbs, page by page; a summary has no use for it. */
const mostFindings = 50_000;
const pollMs = 250;

export async function runScan(broker: ServiceBroker, options: ScanOptions): Promise<ScanOutcome> {
  const history = clientOf(historyContract, broker);
  const begun = performance.now();
  const { revision } = await history.status({});
  const report = await scanUnits(broker, options);
  const filter = filterOf(report, options.scope);
  if (options.attribute && !options.signal?.aborted) await attribute(broker, options.progress);
  const judged = options.judge && !options.signal?.aborted ? await judge(broker, filter, options.progress) : undefined;
  const { types: counts } = await history.counts({ filter });
  const changes = await collect(
    pages(
      (page) => history.changes({ filter, since_revision: revision, ...page }),
      (answer) => answer.changes,
      mostFindings,
    ),
  );
  const findings = await collect(
    pages(
      (page) => history.evaluations({ filter, decisions: ['deny', 'require_approval', 'flag'], ...page }),
      (answer) => answer.evaluations,
      mostFindings,
    ),
  );
  const seconds = (performance.now() - begun) / 1000;
  const mine = <T extends Unit>(rows: readonly T[]): readonly T[] => ofUnits(rows, report, options.scope);
  return { report, counts, changes: mine(changes), findings: mine(findings), judged, seconds };
}

async function scanUnits(broker: ServiceBroker, { scope, progress, signal }: ScanOptions): Promise<ScanReport> {
  const orchestrator = clientOf(orchestratorContract, broker);
  progress.update(0, 1, 'finding accounts and regions');
  const { scan } = await orchestrator.scan(scope).finally(() => progress.end());
  const cancel = (): void => void orchestrator.cancel({ scan }).catch(() => undefined);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    for (;;) {
      const report = await orchestrator.report({ scan, wait: pollMs });
      const found = report.units.reduce((sum, unit) => sum + unit.count, 0);
      progress.update(report.done, report.total, `units, ${found.toLocaleString('en')} resources`);
      if (report.state !== 'running') return report;
    }
  } finally {
    signal?.removeEventListener('abort', cancel);
    progress.end();
  }
}

/** Reading on where it stopped is cheap, so a scan need not wait for a log that is slow to read. */
const attributionMs = 15_000;

/** What the log does not tell is guessed or left open; a scan never fails of it. */
async function attribute(broker: ServiceBroker, progress: Progress): Promise<void> {
  progress.update(0, 1, 'asking who did it');
  try {
    await clientOf(attributionContract, broker).run({ deadline: attributionMs });
  } catch (error) {
    runtimeOf(broker).log.warn({ error }, 'changes could not be attributed');
  } finally {
    progress.end();
  }
}

async function judge(broker: ServiceBroker, filter: ResourceFilter, progress: Progress) {
  progress.update(0, 1, 'judging');
  try {
    return await clientOf(policyContract, broker).judge({ filter });
  } finally {
    progress.end();
  }
}

/** The estate, or what was planned where less was asked for: names of accounts, tiers and "all" mean something to a plan only. */
export function filterOf(
  { units, left_out: leftOut = 0 }: Pick<ScanReport, 'units' | 'left_out'>,
  { accounts, regions, types, tiers }: Scope,
): ResourceFilter {
  const every = (pick: (unit: Unit) => string): string[] => [...new Set(units.map(pick))];
  // Of a scan so large that its report leaves units out, nobody can say what it was not about.
  if (leftOut > 0) return {};
  return {
    ...((accounts || tiers) && { accounts: every((u) => u.account) }),
    ...((regions || tiers) && { regions: every((u) => u.region) }),
    ...((types || tiers) && { types: every((u) => u.type) }),
  };
}

/** What is of the planned units: those of a tier need not be all accounts × regions × types that they have. */
export function ofUnits<T extends Unit>(
  rows: readonly T[],
  { units }: Pick<ScanReport, 'units'>,
  { tiers }: Scope,
): readonly T[] {
  if (!tiers) return rows;
  const planned = new Set(units.map(unitKey));
  return rows.filter((row) => planned.has(unitKey(row)));
}

async function collect<T>(source: AsyncIterable<readonly T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of source) rows.push(...page);
  return rows;
}
