/** Disks that are attached to nothing for a week or more: how many, the hundred of the longest time, and how fresh that is. */
import { compared, duckCoverage, duckRows } from './history-compare.ts';
import { now } from './history-estate.ts';

const before = new Date(now - 7 * 86_400_000).toISOString();

export const scenario = compared({
  name: 'history.waste',
  target: 0.5,
  last: true,
  async ours({ bench }) {
    const filter = { types: ['ebs'], status: 'available' };
    const { groups, resources, coverage } = await bench.history.states({ filter, since_before: before, limit: 100 });
    return groups.reduce((sum, { count }) => sum + count, coverage.units) + resources.length;
  },
  async duck(estate) {
    const where = `live AND type = 'ebs' AND status = 'available' AND state_since < '${before}'`;
    const [counts] = await duckRows(
      estate,
      `SELECT count(*)::INT AS n, min(state_since) AS oldest FROM resource_current WHERE ${where}`,
    );
    const rows = await duckRows(
      estate,
      `SELECT id, account, region, name, state_since FROM resource_current WHERE ${where} ORDER BY state_since, rid LIMIT 100`,
    );
    return Number(counts?.n) + rows.length + (await duckCoverage(estate, { where: "type = 'ebs'" }));
  },
});
