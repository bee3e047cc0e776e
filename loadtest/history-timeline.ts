/**
 * Everything about one resource, found by its id. DuckDB has no index here, as nobody would make one by hand; it gives the
 * versions, ours their differences, the judgements, who did it, what was done and the coverage besides.
 */
import { compared, duckRows } from './history-compare.ts';
import type { Estate } from './history-estate.ts';

const ids = new WeakMap<Estate, string>();

async function idOf(estate: Estate): Promise<string> {
  const known = ids.get(estate);
  if (known) return known;
  const [row] = await duckRows(estate, 'SELECT id FROM resource_log GROUP BY id ORDER BY count(*) DESC, id LIMIT 1');
  ids.set(estate, String(row?.id));
  return String(row?.id);
}

export const scenario = compared({
  name: 'history.timeline',
  target: 1,
  async ours(estate) {
    const { changes } = await estate.bench.history.timeline({ id: await idOf(estate) });
    return changes.length;
  },
  async duck(estate) {
    const rows = await duckRows(
      estate,
      `SELECT * FROM resource_log WHERE id = '${await idOf(estate)}' ORDER BY rev DESC`,
    );
    return rows.length;
  },
});
