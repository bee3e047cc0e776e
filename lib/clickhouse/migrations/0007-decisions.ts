import type { Migration } from '../migrate.ts';
import { createTable } from '../table.ts';
import { decisionLog } from '../tables/decisions.ts';

export const decision: Migration = {
  number: 7,
  name: 'decisions',
  statements: [createTable(decisionLog, 7)],
};
