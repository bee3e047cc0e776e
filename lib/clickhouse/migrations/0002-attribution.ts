import type { Migration } from '../migrate.ts';
import { createTable } from '../table.ts';
import { attributions, trailCursors, trailEvents } from '../tables/attribution.ts';

export const attribution: Migration = {
  number: 2,
  name: 'attribution',
  statements: [trailEvents, trailCursors, attributions].map((table) => createTable(table, 2)),
};
