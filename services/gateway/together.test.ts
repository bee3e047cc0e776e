import { expect, test } from '@jest/globals';
import { Together } from './together.ts';

function counted() {
  const open: { answer: (value: number) => void; fail: (error: Error) => void }[] = [];
  const ask = () => new Promise<number>((answer, fail) => open.push({ answer, fail }));
  return { open, ask };
}

test('who asks what is being asked waits for the same answer; another question is its own', async () => {
  const { open, ask } = counted();
  const together = new Together();
  const answers = [together.ask('a', ask), together.ask('a', ask), together.ask('b', ask)];
  expect(open).toHaveLength(2);
  open[0]?.answer(1);
  open[1]?.answer(2);
  expect(await Promise.all(answers)).toEqual([1, 1, 2]);
});

test('nothing is kept: who asks after the answer asks anew', async () => {
  const { open, ask } = counted();
  const together = new Together();
  const first = together.ask('a', ask);
  open[0]?.answer(1);
  await first;
  const second = together.ask('a', ask);
  expect(open).toHaveLength(2);
  open[1]?.answer(2);
  expect(await second).toBe(2);
});

test('a failure is for all who waited, and is forgotten', async () => {
  const { open, ask } = counted();
  const together = new Together();
  const both = Promise.allSettled([together.ask('a', ask), together.ask('a', ask)]);
  open[0]?.fail(new Error('gone'));
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  void together.ask('a', ask);
  expect(open).toHaveLength(2);
});
