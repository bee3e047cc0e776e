/**
 * The net difference of two instants five days apart, of the whole estate, counted by kind and type, and how much was known
 * at its end. Neither side lists the changes themselves.
 */
import { compared, duckCoverage, duckRows } from './history-compare.ts';
import { instantOf } from './history-estate.ts';

const [from, to] = [instantOf(14), instantOf(19)];

export const scenario = compared({
  name: 'history.diff',
  target: 1,
  async ours({ bench }) {
    const { groups = [], coverage } = await bench.history.diff({ from, to, by: ['kind', 'type'], limit: 0 });
    return groups.reduce((sum, { count }) => sum + count, coverage.units);
  },
  async duck(estate) {
    const units = await duckCoverage(estate, { at: to });
    const rows = await duckRows(
      estate,
      `SELECT kind, type, count(*)::INT AS n FROM (
         SELECT type, arg_min(prev_hash, rev) AS before, arg_max(hash, rev) AS now,
           CASE WHEN arg_max(hash, rev) = 0 THEN 'disappeared' WHEN arg_min(prev_hash, rev) != 0 THEN 'modified' ELSE 'appeared' END AS kind
         FROM resource_log WHERE "at" > '${from}' AND "at" <= '${to}' GROUP BY account, type, region, rid)
       WHERE before != now GROUP BY kind, type`,
    );
    return rows.reduce((sum, { n }) => sum + Number(n), units);
  },
});
