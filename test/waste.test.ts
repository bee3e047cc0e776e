/** The waste analyzer through the whole product, against the simulator's labels. */
import { expect, test } from '@jest/globals';
import { wasteScores } from '../loadtest/waste-report.ts';

test('what is stopped, unattached, obsolete, idle and oversized is found, all of it and nothing else, and nothing of AWS', async () => {
  const { scores, awsOwned, wrong } = await wasteScores(350);
  expect(awsOwned).toEqual([]);
  expect(wrong).toEqual([]);
  for (const score of scores) expect(score).toMatchObject({ found: score.true, right: score.true });
  expect(scores.filter(({ found }) => found > 0).length).toBeGreaterThanOrEqual(3);
});
