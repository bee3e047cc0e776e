/** Says on stderr how complete an answer is, whenever it is not. */
import type { Static } from 'typebox';
import type { CoverageSummary } from '../../services/history/history.contract.ts';
import { note } from './output.ts';

export function noteCoverage(coverage: Static<typeof CoverageSummary>): void {
  const { units, stale, missing } = coverage;
  if (units === 0) return note('Nothing has been scanned yet: run "elava scan" first.');
  if (stale + missing === 0) return;
  note(
    `Not complete: of ${units} units ${stale} could not be read the last time and ${missing} never. See "elava coverage".`,
  );
}
