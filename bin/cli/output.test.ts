import { describe, expect, test } from '@jest/globals';
import { pages } from './output.ts';

async function all<T>(source: AsyncIterable<readonly T[]>): Promise<T[][]> {
  const found: T[][] = [];
  for await (const page of source) found.push([...page]);
  return found;
}

/** Ten rows, at most `limit` a page, as an action with pages answers. */
function tenRows(asked: object[]) {
  return async (page: { after?: string; limit: number }) => {
    asked.push(page);
    const from = Number(page.after ?? 0);
    const rows = [...Array(10).keys()].slice(from, from + Math.min(page.limit, 4));
    const next = from + rows.length;
    return { rows, ...(next < 10 ? { next: String(next) } : {}) };
  };
}

describe('pages', () => {
  test('follows `next` to the end', async () => {
    expect(await all(pages(tenRows([]), (a) => a.rows))).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
  });

  test('stops at the limit and asks for no more than is left', async () => {
    const asked: object[] = [];
    expect(await all(pages(tenRows(asked), (a) => a.rows, 6))).toEqual([
      [0, 1, 2, 3],
      [4, 5],
    ]);
    expect(asked).toEqual([{ limit: 6 }, { after: '4', limit: 2 }]);
  });
});
