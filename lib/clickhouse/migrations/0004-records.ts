import type { Migration } from '../migrate.ts';
import { createTable } from '../table.ts';
import { plans, records } from '../tables/records.ts';

export const record: Migration = {
  number: 4,
  name: 'records',
  statements: [plans, records].map((table) => createTable(table, 4)),
};
