import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Gate } from './gate.ts';

test('readers go together, who changes goes alone, and nobody waits for ever', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ exclusive: fc.boolean(), fails: fc.boolean() }), { maxLength: 30 }),
      fc.scheduler(),
      async (list, scheduler) => {
        const gate = new Gate();
        let readers = 0;
        let changers = 0;
        const work = (exclusive: boolean, fails: boolean) => async (): Promise<string> => {
          if (exclusive) changers += 1;
          else readers += 1;
          expect(changers).toBeLessThanOrEqual(1);
          expect(changers > 0 && readers > 0).toBe(false);
          await scheduler.schedule(Promise.resolve(), 'work');
          if (exclusive) changers -= 1;
          else readers -= 1;
          if (fails) throw new Error('failed');
          return 'done';
        };
        const all = list.map(({ exclusive, fails }) =>
          exclusive ? gate.exclusive(work(true, fails)) : gate.shared(work(false, fails)),
        );
        const settled = Promise.allSettled(all);
        await scheduler.waitFor(settled);
        expect((await settled).map(({ status }) => status)).toEqual(
          list.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')),
        );
      },
    ),
  );
});

test('who changes does not wait behind readers that come later', async () => {
  const gate = new Gate();
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const one = gate.shared(() => first.promise);
  const change = gate.exclusive(async () => void order.push('change'));
  const two = gate.shared(async () => void order.push('read'));
  first.resolve();
  await Promise.all([one, change, two]);
  expect(order).toEqual(['change', 'read']);
});
