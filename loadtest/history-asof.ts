/** How many resources there were of each type three weeks ago, of the whole estate, and how much of it was known then. */
import { compared, duckCoverage, duckRows } from './history-compare.ts';
import { instantOf } from './history-estate.ts';

const at = instantOf(9);

export const scenario = compared({
  name: 'history.asof',
  target: 0.5,
  async ours({ bench }) {
    const { types, coverage } = await bench.history.counts({ at });
    return Object.values(types).reduce((sum, n) => sum + n, coverage.units);
  },
  async duck(estate) {
    // The deltas, which are ours, spare DuckDB too from finding each resource's newest version.
    const units = await duckCoverage(estate, { at });
    const rows = await duckRows(
      estate,
      `SELECT type, sum(delta)::INT AS n FROM resource_log WHERE "at" <= '${at}' GROUP BY type`,
    );
    return rows.reduce((sum, { n }) => sum + Number(n), units);
  },
});
