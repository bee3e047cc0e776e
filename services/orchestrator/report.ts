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
  /** Groups of accounts whose coverage is asked for at once; undefined: all of them together, where no bus is between. */
  readonly accounts?: (() => Promise<readonly (readonly string[])[]>) | undefined;
}

/** Events are volatile: a scan that has been silent for this long is looked up in the coverage, which is not. */
const SILENT_MS = 10_000;

/** Throws NOT_FOUND. */
export async function reportOf(scan: string, parts: ReportParts): Promise<ScanReport> {
  const { scans, history, clock } = parts;
  if (scans.isRunning(scan) && clock.now() - scans.lastHeard(scan) >= SILENT_MS) await lookUp(scan, parts);
  const { report, whole, leftOut } = scans.progress(scan);
  if (whole || report.state === 'running') return report;
  if (parts.accounts) return { ...report, left_out: leftOut };
  return { ...report, units: (await history.coverage({ scan })).units };
}

/** Takes from the memory what was not heard of a scan. */
export async function lookUp(scan: string, parts: Omit<ReportParts, 'clock'>): Promise<void> {
  const { scans, history } = parts;
  if (!parts.accounts) {
    for (const row of (await history.coverage({ scan })).units) scans.observed(row);
    return;
  }
  for (const accounts of await parts.accounts()) {
    const { units } = await history.coverage({ scan, filter: { accounts: [...accounts] } });
    for (const row of units) scans.observed(row);
    if (!scans.isRunning(scan)) return;
  }
}
