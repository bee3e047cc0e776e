import type { Static } from 'typebox';
import type { Coverage } from '../../lib/resource.ts';
import type { scannerContract } from '../scanner/scanner.contract.ts';

/** What is told of a unit that was given up. */
export type Unobserved = Static<(typeof scannerContract)['events']['failed']['payload']>;

/** A unit whose observation could not be stored, as a row of a scan's report: it stands nowhere else. */
export function unobserved({ scan, unit, error, detail }: Unobserved, now: number): Coverage {
  const at = new Date(now).toISOString();
  const none = { count: 0, changed: 0, gone: 0, held: 0, baseline: false };
  return { ...unit, scan, started: at, finished: at, state: 'failed', error, detail, ...none };
}
