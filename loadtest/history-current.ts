/** What one account of 5,000 resources has now, with the whole documents, as objects, and how fresh that is. */
import { compared, duckCoverage, duckRows } from './history-compare.ts';

export const scenario = compared({
  name: 'history.current',
  target: 0.5,
  async ours({ bench, account }) {
    const { resources, coverage } = await bench.history.resources({ filter: { accounts: [account] }, limit: 10_000 });
    return resources.length + coverage.units;
  },
  async duck(estate) {
    const sql = `SELECT id, body, first_seen, state_since, rev FROM resource_current WHERE live AND account = '${estate.account}'`;
    const units = await duckCoverage(estate, { where: `account = '${estate.account}'` });
    const rows = await duckRows(estate, sql);
    return rows.map(({ body, ...row }) => ({ ...(JSON.parse(String(body)) as object), ...row })).length + units;
  },
});
