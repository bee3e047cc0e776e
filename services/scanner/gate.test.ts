import { expect, test } from '@jest/globals';
import { Gate } from './gate.ts';

test('at most so many run at once, and a failure makes room too', async () => {
  const gate = new Gate(3);
  let [running, most] = [0, 0];
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) =>
      gate.run(async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, i % 4));
        running -= 1;
        if (i % 5 === 0) throw new Error('failed');
        return i;
      }),
    ),
  );
  expect(most).toBe(3);
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(4);
  expect(running).toBe(0);
});
