import { describe, expect, test } from '@jest/globals';
import { Answers } from './answers.ts';

function gateway() {
  const store = { revision: '1', now: 0, asked: 0, fails: false };
  const answers = new Answers(async () => store.revision, { now: () => store.now });
  const ask = () =>
    answers.ask('/api/counts', async () => {
      store.asked += 1;
      if (store.fails) throw new Error('gone');
      return store.revision;
    });
  return { store, answers, ask };
}

describe('an answer', () => {
  test('is counted once at a revision, for who asks together and who asks later', async () => {
    const { store, ask } = gateway();
    expect(await Promise.all([ask(), ask()])).toEqual(['1', '1']);
    expect(await ask()).toBe('1');
    expect(store.asked).toBe(1);
  });

  test('is never older than the revision at which it is asked for', async () => {
    const { store, ask } = gateway();
    await ask();
    store.revision = '2';
    expect(await ask()).toBe('2');
    expect(store.asked).toBe(2);
  });

  test('moves with the clock', async () => {
    const { store, ask } = gateway();
    await ask();
    store.now = 59_999;
    await ask();
    expect(store.asked).toBe(1);
    store.now = 60_000;
    await ask();
    expect(store.asked).toBe(2);
  });

  test('that failed is asked for again', async () => {
    const { store, ask } = gateway();
    store.fails = true;
    await expect(ask()).rejects.toThrow('gone');
    store.fails = false;
    expect(await ask()).toBe('1');
  });

  test('to another question is its own, and not more than a bound are held', async () => {
    const { answers } = gateway();
    for (let n = 0; n < 500; n += 1) expect(await answers.ask(`/api/counts?n=${n}`, async () => n)).toBe(n);
    expect(await answers.ask('/api/counts?n=3', async () => -1)).toBe(3);
    expect(await answers.ask('/api/counts?n=400', async () => -1)).toBe(-1);
  });
});
