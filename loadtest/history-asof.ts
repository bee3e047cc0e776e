/** How many resources there were of each type three weeks ago, of the whole estate. */
import { compared, duckRows } from './history-compare.ts';
import { instantOf } from './history-estate.ts';

const at = instantOf(9);

export const scenario = compared({
  name: 'history.asof',
  target: 0.5,
  async ours({ bench }) {
    const { types } = await bench.history.counts({ at });
    return Object.values(types).reduce((sum, n) => sum + n, 0);
  },
  async duck(estate) {
    // The deltas, which are ours, spare DuckDB too from finding each resource's newest version.
    const rows = await duckRows(
      estate,
      `SELECT type, sum(delta)::INT AS n FROM resource_log WHERE "at" <= '${at}' GROUP BY type`,
    );
    return rows.reduce((sum, { n }) => sum + Number(n), 0);
  },
});
