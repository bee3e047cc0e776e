/** A row of the ledger of observations, before it has its revision. */
import type { RowOf } from '../../lib/clickhouse/table.ts';
import type { coverage } from '../../lib/clickhouse/tables/ledger.ts';

export type Observation = Omit<RowOf<typeof coverage>, 'rev'>;
