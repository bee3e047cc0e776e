import type { Migration } from '../migrate.ts';
import { createTable } from '../table.ts';
import { exemptions } from '../tables/exemptions.ts';

export const exemption: Migration = {
  number: 3,
  name: 'exemptions',
  statements: [createTable(exemptions, 3)],
};
