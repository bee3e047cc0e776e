import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { codeOf } from '../../../lib/errors.ts';
import { RegoCompiler, type RegoCompilerOptions } from './compiler.ts';

const endless = {
  files: [],
  query: 'every x in numbers.range(1, 100000) { every y in numbers.range(1, 100000) { x + y > 0 } }',
};
const quick = { files: [], query: 'x := 1 + 1; x' };

async function withCompiler(
  options: RegoCompilerOptions,
  use: (compiler: RegoCompiler) => Promise<void>,
): Promise<void> {
  const compiler = new RegoCompiler(options);
  try {
    await use(compiler);
  } finally {
    await compiler.close();
  }
}

/** The code that a promise rejects with; "" when it does not. */
const codeFrom = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => '',
    (error: unknown) => codeOf(error),
  );
const works = async (compiler: RegoCompiler) => {
  expect(await compiler.eval(quick)).toMatchObject({ ok: true, evaluations: [{ values: [2] }] });
};

describe('the thread of the compiler', () => {
  test('work that does not end is ended at its deadline, and the next request is answered', async () => {
    await withCompiler({}, async (compiler) => {
      expect(await codeFrom(compiler.eval(endless, { deadlineMs: 300 }))).toBe('DEADLINE_EXCEEDED');
      await works(compiler);
      expect(compiler.stats.threads).toBe(2);
    });
  });

  test('who aborts is answered at once, running or waiting, and only the running one costs a thread', async () => {
    await withCompiler({}, async (compiler) => {
      await works(compiler);
      const running = new AbortController();
      const waiting = new AbortController();
      const codes = [endless, quick].map((request, i) =>
        codeFrom(compiler.eval(request, { signal: (i === 0 ? running : waiting).signal })),
      );
      const third = works(compiler);
      await sleep(20);
      waiting.abort();
      expect(await codes[1]).toBe('CANCELLED');
      expect(compiler.stats.threads).toBe(1);
      running.abort();
      expect(await codes[0]).toBe('CANCELLED');
      await third;
      expect(compiler.stats.threads).toBe(2);
      expect(await codeFrom(compiler.eval(quick, { signal: AbortSignal.abort() }))).toBe('CANCELLED');
      await works(compiler);
      expect(compiler.stats.threads).toBe(2);
    });
  });

  test('no more than maxQueue requests wait, and none for longer than queueMs', async () => {
    await withCompiler({ maxQueue: 1, queueMs: 200 }, async (compiler) => {
      const codes = [endless, quick, quick].map((request) => codeFrom(compiler.eval(request, { deadlineMs: 1500 })));
      expect(await Promise.all(codes)).toEqual(['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED', 'QUEUE_FULL']);
      await works(compiler);
    });
  });

  test('a request that needs more memory than it may have fails alone', async () => {
    await withCompiler({ memoryBytes: 64 * 1_048_576 }, async (compiler) => {
      const greedy = compiler.eval({ files: [], query: 'count(numbers.range(1, 10000000))' });
      await expect(greedy).rejects.toMatchObject({
        type: 'POLICY_COMPILER',
        message: expect.stringContaining('out of memory'),
      });
      await works(compiler);
    });
  });

  test('an instance that has grown large is replaced after the request', async () => {
    await withCompiler({ memoryBytes: 128 * 1_048_576 }, async (compiler) => {
      await works(compiler);
      await works(compiler);
      expect(compiler.stats.threads).toBe(1);
      // More than a quarter of what it may have.
      expect(await compiler.eval({ files: [], query: 'count(numbers.range(1, 300000))' })).toMatchObject({ ok: true });
      await works(compiler);
      expect(compiler.stats.threads).toBe(2);
    });
  });

  test('nesting is bounded by a diagnostic, not by the stack', async () => {
    await withCompiler({}, async (compiler) => {
      const text = `package x\n\np := ${'['.repeat(60_000)}${']'.repeat(60_000)}\n`;
      const result = await compiler.check({ files: [{ path: 'x.rego', text }] });
      const depth = expect.objectContaining({ message: 'max parsing recursion depth exceeded', row: 3 });
      expect(result).toMatchObject({ ok: false, errors: expect.arrayContaining([depth]) });
      expect(compiler.stats.threads).toBe(1);
    });
  });

  test('an idle thread is given back', async () => {
    await withCompiler({ idleMs: 1 }, async (compiler) => {
      await works(compiler);
      await sleep(100);
      await works(compiler);
      expect(compiler.stats.threads).toBe(2);
    });
  });

  test('closing cancels what runs and waits, and what comes later', async () => {
    const compiler = new RegoCompiler();
    const codes = [endless, quick].map((request) => codeFrom(compiler.eval(request)));
    await sleep(50);
    await compiler.close();
    expect(await Promise.all(codes)).toEqual(['CANCELLED', 'CANCELLED']);
    expect(await codeFrom(compiler.eval(quick))).toBe('CANCELLED');
  });

  test("what cannot be sent is the caller's error and costs nothing", async () => {
    await withCompiler({}, async (compiler) => {
      expect(await codeFrom(compiler.eval({ ...quick, inputs: [1n] }))).toBe('INVALID_REQUEST');
      const large = { files: [{ path: 'x.rego', text: `package x\n#${'x'.repeat(33 * 1_048_576)}` }] };
      expect(await codeFrom(compiler.check(large))).toBe('INVALID_REQUEST');
      expect(compiler.stats.threads).toBe(0);
    });
  });
});
