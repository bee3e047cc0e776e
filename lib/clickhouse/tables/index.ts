/** All tables, for the check at start. */
import type { Table } from '../table.ts';
import { findings, usage } from './analysis.ts';
import { attributions, trailCursors, trailEvents } from './attribution.ts';
import { decisionLog } from './decisions.ts';
import { evaluationLog, evaluations } from './evaluations.ts';
import { exemptions } from './exemptions.ts';
import { commits, coverage, judged, units } from './ledger.ts';
import { plans, records } from './records.ts';
import { resourceBase, resourceCurrent, resourceLog } from './resources.ts';

export const tables: readonly Table[] = [
  resourceLog,
  resourceBase,
  resourceCurrent,
  coverage,
  units,
  commits,
  judged,
  evaluationLog,
  evaluations,
  trailEvents,
  trailCursors,
  attributions,
  exemptions,
  decisionLog,
  plans,
  records,
  usage,
  findings,
];
