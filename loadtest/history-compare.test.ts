import { expect, test } from '@jest/globals';
import { scenario as asof } from './history-asof.ts';
import { scenario as bytes } from './history-bytes.ts';
import { scenario as current } from './history-current.ts';
import { scenario as diff } from './history-diff.ts';
import { scenario as timeline } from './history-timeline.ts';
import { scenario as waste } from './history-waste.ts';

/** Each throws where the two sides give different numbers of rows. `history.waste`, the last, removes the estate. */
test('the memory and DuckDB answer alike on the same rows, at a small scale', async () => {
  for (const scenario of [asof, bytes, current, diff, timeline, waste]) {
    const { ours, peer } = await scenario.run({ rounds: 1, scale: 0.002 });
    expect([...ours, ...peer].every((figure) => figure > 0)).toBe(true);
  }
});
