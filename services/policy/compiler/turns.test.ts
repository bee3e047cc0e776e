import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { codeOf } from '../../../lib/errors.ts';
import { Turns } from './turns.ts';

const long = 60_000;
const event = fc.oneof(
  fc.constant({ kind: 'enter' as const }),
  fc.constant({ kind: 'leave' as const }),
  fc.record({ kind: fc.constant('abort' as const), which: fc.nat(20) }),
);

test('one is in at a time, in order of arrival, whoever gives up', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
      const turns = new Turns(3);
      const controllers: AbortController[] = [];
      const log: string[] = [];
      let inside: number | undefined;
      let queue: number[] = [];
      const expected: string[] = [];
      for (const step of events) {
        if (step.kind === 'enter') {
          const id = controllers.push(new AbortController()) - 1;
          const signal = controllers[id]!.signal;
          turns.enter(long, signal).then(
            () => log.push(`in ${id}`),
            (error: unknown) => log.push(`${codeOf(error)} ${id}`),
          );
          if (inside === undefined) expected.push(`in ${(inside = id)}`);
          else if (queue.length < 3) queue.push(id);
          else expected.push(`QUEUE_FULL ${id}`);
        } else if (step.kind === 'leave' && inside !== undefined) {
          turns.leave();
          inside = queue.shift();
          if (inside !== undefined) expected.push(`in ${inside}`);
        } else if (step.kind === 'abort' && queue.includes(step.which)) {
          controllers[step.which]!.abort();
          queue = queue.filter((id) => id !== step.which);
          expected.push(`CANCELLED ${step.which}`);
        }
        await setImmediate();
        expect(log).toEqual(expected);
        expect(turns.waiting).toBe(queue.length);
      }
      turns.close();
      await setImmediate();
      expect(log).toEqual([...expected, ...queue.map((id) => `CANCELLED ${id}`)]);
    }),
  );
});

test('who waits too long is told so, and does not get the turn', async () => {
  const turns = new Turns(3);
  const { signal } = new AbortController();
  await turns.enter(long, signal);
  await expect(turns.enter(5, signal)).rejects.toMatchObject({ type: 'DEADLINE_EXCEEDED' });
  turns.leave();
  await turns.enter(long, signal);
  expect(turns.waiting).toBe(0);
});
