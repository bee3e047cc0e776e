/** All migrations, in order. To change a table: declare the column with `added(n, …)` and add file n here. */
import type { Migration } from '../migrate.ts';
import { memory } from './0001-memory.ts';
import { attribution } from './0002-attribution.ts';
import { exemption } from './0003-exemptions.ts';
import { record } from './0004-records.ts';
import { analysis } from './0005-analysis.ts';
import { analystViews } from './0006-views.ts';
import { decision } from './0007-decisions.ts';
import { projection } from './0008-projections.ts';

export const migrations: readonly Migration[] = [
  memory,
  attribution,
  exemption,
  record,
  analysis,
  analystViews,
  decision,
  projection,
];
