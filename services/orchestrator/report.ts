/** A scan's report: what was heard of it, and what the memory has of it where hearing is not enough. */
import type { Client } from '../../lib/contract.ts';
import type { Clock } from '../../lib/time.ts';
import type { historyContract } from '../history/history.contract.ts';
import type { ScanReport } from './orchestrator.contract.ts';
import type { Scans } from './scans.ts';

export interface ReportParts {
  readonly scans: Scans;
  readonly history: Pick<Client<typeof historyContract>, 'coverage'>;
  readonly clock: Clock;
}

/** Events are volatile: a scan that has been silent for this long is looked up in the coverage, which is not. */
const SILENT_MS = 10_000;

/** Throws NOT_FOUND. */
export async function reportOf(scan: string, { scans, history, clock }: ReportParts): Promise<ScanReport> {
  if (scans.isRunning(scan) && clock.now() - scans.lastHeard(scan) >= SILENT_MS) await lookUp(scan, { scans, history });
  const { report, whole } = scans.progress(scan);
  if (whole || report.state === 'running') return report;
  return { ...report, units: (await history.coverage({ scan })).units };
}

/** Takes from the memory what was not heard of a scan. */
export async function lookUp(scan: string, { scans, history }: Pick<ReportParts, 'scans' | 'history'>): Promise<void> {
  for (const row of (await history.coverage({ scan })).units) scans.observed(row);
}
