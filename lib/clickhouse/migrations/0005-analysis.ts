import type { Migration } from '../migrate.ts';
import { createTable } from '../table.ts';
import { findings, usage } from '../tables/analysis.ts';

export const analysis: Migration = {
  number: 5,
  name: 'analysis',
  statements: [usage, findings].map((table) => createTable(table, 5)),
};
