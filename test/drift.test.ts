/** The drift analyzer through the whole product, against the simulator's labels. */
import { expect, test } from '@jest/globals';
import { driftScores } from '../loadtest/drift-report.ts';

test('what was changed is found, and nothing that nobody changed', async () => {
  const { scores, unasked, missed, findings } = await driftScores({ resources: 200, hours: 1, changes: 40 });
  expect(unasked).toEqual([]);
  expect(missed).toEqual([]);
  expect(findings).toBeGreaterThan(20);
  expect(scores.every(({ found, true: made }) => found === made)).toBe(true);
});
