import { expect, test } from '@jest/globals';
import { Slots } from './slots.ts';

const never = new AbortController().signal;

test('takes what there is, waits when there is none, and gives up with the signal', async () => {
  const slots = new Slots(3);
  expect([await slots.take(2, never), await slots.take(5, never), slots.free]).toEqual([2, 1, 0]);
  const stop = new AbortController();
  const waiting = slots.take(1, stop.signal);
  stop.abort();
  expect(await waiting).toBe(0);
  const later = slots.take(4, never);
  slots.give(2);
  expect([await later, slots.free]).toEqual([2, 0]);
});

test('one that is told and takes nothing keeps the news from nobody', async () => {
  const slots = new Slots(1);
  await slots.take(1, never);
  let told = 0;
  expect(slots.takeOr(() => void (told += 1))).toBe(false);
  const other = slots.take(1, never);
  slots.give(1);
  expect([await other, told]).toEqual([1, 1]);
});

test('two that each want all of them get them one after the other', async () => {
  const slots = new Slots(4);
  await slots.take(3, never);
  const order: string[] = [];
  const alone = async (name: string): Promise<void> => {
    const { held, release } = await slots.takeAll(never);
    order.push(`${name} ${held}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    order.push(`${name} done`);
    slots.give(held);
    release();
  };
  const both = Promise.all([alone('a'), alone('b')]);
  slots.give(3);
  await both;
  expect(order).toEqual(['a 4', 'a done', 'b 4', 'b done']);
  expect(slots.free).toBe(4);
});
