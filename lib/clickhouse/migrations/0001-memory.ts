import type { Migration } from '../migrate.ts';
import { createTable } from '../table.ts';
import { evaluationLog, evaluations } from '../tables/evaluations.ts';
import { commits, coverage, judged, units } from '../tables/ledger.ts';
import { resourceBase, resourceCurrent, resourceLog } from '../tables/resources.ts';

export const memory: Migration = {
  number: 1,
  name: 'memory',
  // The same tables with granules of 2048 rows.
  alike: ['94097b2ba732a1cc'],
  statements: [
    resourceLog,
    resourceBase,
    resourceCurrent,
    coverage,
    units,
    commits,
    judged,
    evaluationLog,
    evaluations,
  ].map((table) => createTable(table, 1)),
};
