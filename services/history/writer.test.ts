import { describe, expect, test } from '@jest/globals';
import { codeOf, elavaError } from '../../lib/errors.ts';
import type { Waiting } from './group.ts';
import { Writer } from './writer.ts';

interface Item extends Waiting {
  readonly n: number;
}
const item = (n: number, rows = 1): Item => ({
  n,
  kind: 'ingest',
  unit: { account: '1', region: 'r', type: `t${n}` },
  at: 0,
  rows,
  ids: () => [],
});
const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('the writer', () => {
  test('writes what waits together, one group after the other', async () => {
    const groups: number[][] = [];
    let under = 0;
    const writer = new Writer<Item, number>(async (group) => {
      under += 1;
      expect(under).toBe(1);
      groups.push(group.map(({ n }) => n));
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
      return group.map(({ n }) => n * 10);
    });
    const first = [1, 2, 3].map((n) => writer.write(item(n)));
    await new Promise((resolve) => setImmediate(resolve));
    const second = [4, 5].map((n) => writer.write(item(n)));
    expect(await Promise.all([...first, ...second])).toEqual([10, 20, 30, 40, 50]);
    expect(groups).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    expect(await writer.write(item(6))).toBe(60);
  });

  test('one item that is refused does not refuse the others; a group that fails refuses all of its own', async () => {
    let broken = false;
    const writer = new Writer<Item, number>((group) => {
      if (broken) return Promise.reject(elavaError('STORE_FULL', 'full'));
      return Promise.resolve(group.map(({ n }) => (n === 2 ? elavaError('INVALID_REQUEST', 'no') : n)));
    });
    const [one, two] = [writer.write(item(1)), failure(writer.write(item(2)))];
    expect(await one).toBe(1);
    expect(codeOf(await two)).toBe('INVALID_REQUEST');
    broken = true;
    expect(codeOf(await failure(writer.write(item(3))))).toBe('STORE_FULL');
    broken = false;
    expect(await writer.write(item(4))).toBe(4);
  });

  test('is bounded by items and by rows', async () => {
    const gate = Promise.withResolvers<void>();
    const writer = new Writer<Item, number>(
      async (group) => {
        await gate.promise;
        return group.map(({ n }) => n);
      },
      { items: 3, rows: 100 },
    );
    const kept = [writer.write(item(1, 60)), writer.write(item(2, 30))];
    expect(codeOf(await failure(writer.write(item(3, 20))))).toBe('QUEUE_FULL');
    kept.push(writer.write(item(4, 1)));
    expect(codeOf(await failure(writer.write(item(5, 1))))).toBe('QUEUE_FULL');
    gate.resolve();
    expect(await Promise.all(kept)).toEqual([1, 2, 4]);
  });

  test('closing writes what waits and takes no more', async () => {
    const writer = new Writer<Item, number>((group) => Promise.resolve(group.map(({ n }) => n)));
    const last = writer.write(item(1));
    await writer.close();
    expect(await last).toBe(1);
    expect(codeOf(await failure(writer.write(item(2))))).toBe('STORE_UNAVAILABLE');
  });
});
