import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { inTurns } from './turns.ts';

/** A lease that one can hold at a time. */
function lease() {
  let free = Promise.resolve();
  const terms: AbortController[] = [];
  const lead = async (signal: AbortSignal) => {
    const before = free;
    const term = new AbortController();
    free = once(term.signal, 'abort').then(() => undefined);
    await Promise.race([before, once(signal, 'abort')]);
    if (signal.aborted) {
      term.abort();
      throw signal.reason;
    }
    terms.push(term);
    return { lost: term.signal };
  };
  return { lead, lose: () => terms.at(-1)?.abort() };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('one of three works at a time, and another when it loses the lead or stops', async () => {
  const { lead, lose } = lease();
  const working: string[] = [];
  const most: number[] = [];
  const begin = (name: string) => {
    const stop = new AbortController();
    const work = async (signal: AbortSignal) => {
      working.push(name);
      most.push(working.length);
      await once(signal, 'abort');
      working.splice(working.indexOf(name), 1);
    };
    return { stop, ended: inTurns({ lead, work, failed: () => undefined, retryMs: 1 }, stop.signal) };
  };
  const all = ['a', 'b', 'c'].map(begin);
  await turn();
  expect(working).toEqual(['a']);
  lose();
  await turn();
  expect(working).toEqual(['b']);
  all[1]?.stop.abort();
  lose();
  await turn();
  expect(working).toEqual(['c']);
  for (const { stop } of all) stop.abort();
  lose();
  await Promise.all(all.map(({ ended }) => ended));
  expect(most.every((count) => count === 1)).toBe(true);
});

test('a lead that cannot be asked for is told of and tried again', async () => {
  const stop = new AbortController();
  const errors: unknown[] = [];
  let asked = 0;
  const lead = async () => {
    asked += 1;
    if (asked < 3) throw new Error('no link');
    return { lost: new AbortController().signal };
  };
  await inTurns(
    { lead, work: async () => stop.abort(), failed: (error) => errors.push(error), retryMs: 1 },
    stop.signal,
  );
  expect(errors).toHaveLength(2);
});
