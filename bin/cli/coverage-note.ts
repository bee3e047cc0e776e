/** Says on stderr how complete an answer is, whenever it is not. */
import type { Static } from 'typebox';
import type { CoverageSummary } from '../../services/history/history.contract.ts';
import { note } from './output.ts';

/** An empty store, a place that is not scanned, and an instant before the first scan look alike from here. */
const NOTHING = 'Nothing that was asked for had been scanned: "elava scan" does, "elava coverage" says what was.';

export function noteCoverage(coverage: Static<typeof CoverageSummary>): void {
  const { units, stale, missing } = coverage;
  if (units === 0) return note(NOTHING);
  if (stale + missing === 0) return;
  note(
    `Not complete: of ${units} units ${stale} could not be read the last time and ${missing} never. See "elava coverage".`,
  );
}
