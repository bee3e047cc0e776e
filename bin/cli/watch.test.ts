import { expect, test } from '@jest/globals';
import { lined, watch } from './watch.ts';

const row = (n: number) => ({ at: `2026-11-22T10:0${n}:00.000Z`, id: `r${n}` });
/** As a terminal does it. */
const interrupt = (): boolean => process.emit('SIGINT');

test('a watch shows what comes, oldest first and once, also when rounds overlap', async () => {
  const answers = [[row(1)], [row(3), row(2), row(1)], [row(3)]];
  const asked: string[] = [];
  const shown: string[] = [];
  await watch({
    ask: async (since) => {
      asked.push(since);
      const next = answers.shift() ?? [];
      if (answers.length === 0) interrupt();
      return next;
    },
    keyOf: ({ id }) => id,
    show: async (rows) => void shown.push(...rows.map(({ id }) => id)),
    since: '2026-11-22T10:00:00.000Z',
  });
  expect(shown).toEqual(['r1', 'r2', 'r3']);
  // A minute before the newest, so that what was written meanwhile is not lost, and never before where it began.
  expect(asked).toEqual(['2026-11-22T10:00:00.000Z', '2026-11-22T10:00:00.000Z', '2026-11-22T10:02:00.000Z']);
});

test('a watch that cannot see ends with its failure', async () => {
  const blind = watch({
    ask: () => Promise.reject(new Error('gone')),
    keyOf: () => '',
    show: async () => undefined,
    since: '2026-11-22T10:00:00.000Z',
  });
  await expect(blind).rejects.toThrow('gone');
});

test('a watch writes lines: an array would be whole only at its end', () => {
  expect([lined('json'), lined('csv'), lined('table')]).toEqual(['ndjson', 'csv', 'table']);
});
