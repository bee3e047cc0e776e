import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { elavaError } from '../../../lib/errors.ts';
import { refusal } from './api-errors.ts';
import { waitFor } from './controller.ts';
import { linesOf } from './watch.ts';
import { WorkQueue } from './work-queue.ts';

describe('the queue', () => {
  test('a key waits once, and runs again when it was asked for while it ran', async () => {
    const queue = new WorkQueue();
    queue.add('a');
    queue.add('a');
    expect(await queue.take()).toBe('a');
    expect(queue.depth).toBe(0);
    queue.add('a');
    expect(queue.depth).toBe(0);
    queue.done('a');
    expect(queue.depth).toBe(1);
    expect(await queue.take()).toBe('a');
    queue.close();
    expect(await queue.take()).toBeUndefined();
  });

  test('the earliest of two times wins, and an add now takes the place of both', async () => {
    const queue = new WorkQueue();
    queue.addAfter('a', 3_600_000);
    queue.addAfter('a', 1);
    expect(await queue.take()).toBe('a');
    queue.done('a');
    queue.addAfter('a', 1);
    queue.add('a');
    expect(await queue.take()).toBe('a');
    queue.done('a');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(queue.depth).toBe(0);
    queue.close();
  });

  test('no key is worked on twice at once, and none that was asked for is lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 20 }),
        async (s, keys) => {
          const queue = new WorkQueue();
          const working = new Set<string>();
          const asked = new Map<string, number>();
          const seen = new Map<string, number>();
          let clock = 0;
          const worker = async (): Promise<void> => {
            for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
              expect(working.has(key)).toBe(false);
              working.add(key);
              seen.set(key, clock++);
              await s.schedule(Promise.resolve(), `work on ${key}`);
              working.delete(key);
              queue.done(key);
            }
          };
          const workers = [worker(), worker()];
          for (const key of keys) {
            asked.set(key, clock++);
            queue.add(key);
            if (clock % 2 === 0 && s.count() > 0) await s.waitOne();
          }
          await s.waitIdle();
          for (const [key, at] of asked) expect(seen.get(key)).toBeGreaterThan(at);
          queue.close();
          await Promise.all(workers);
        },
      ),
      { numRuns: 100 },
    );
  });
});

test.each([
  [elavaError('KUBE_UNREACHABLE', 'x'), 0, 5000],
  [elavaError('KUBE_UNREACHABLE', 'x'), 1, 30_000],
  [elavaError('KUBE_UNREACHABLE', 'x'), 9, 60_000],
  [refusal('x', 409), 0, 100],
  [refusal('x', 409), 2, 400],
  [refusal('x', 409), 9, 6400],
  [refusal('x', 429, { retryAfter: '40' }), 0, 40_000],
])('the wait after a failure: %s %i', (error, failures, ms) => {
  expect(waitFor([5000, 30_000, 60_000], failures, error)).toBe(ms);
});

test('lines come out whole however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.string({ minLength: 1, unit: 'grapheme' }).filter((one) => !one.includes('\n')),
        { maxLength: 6 },
      ),
      fc.array(fc.nat(7)),
      async (lines, cuts) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        async function* chunks(): AsyncGenerator<Buffer> {
          let from = 0;
          for (const cut of cuts) {
            yield bytes.subarray(from, from + cut);
            from += cut;
          }
          yield bytes.subarray(from);
        }
        const found: string[] = [];
        for await (const line of linesOf(chunks(), () => undefined)) found.push(line);
        expect(found).toEqual(lines);
      },
    ),
  );
});
