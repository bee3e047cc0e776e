/** Threads run before tenants may ask: the first second's questions would wait for them, and fill the queue. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { RegoCompiler } from '../compiler/compiler.ts';
import { PolicyPool } from '../pool.ts';
import { sourcesOf } from '../sources.ts';
import { Tenants } from './tenants.ts';

/** Threads of the process whose program has spoken, and so is loaded. */
let running = 0;
const onThread = (message: unknown): void => {
  (message as { worker: Worker }).worker.once('message', () => {
    running += 1;
  });
};
const compiler = new RegoCompiler();
let pool: PolicyPool;
// It has a thread of its own, and takes longer to start than ours: it must not be what a load waits for.
beforeAll(() => compiler.builtins());
afterAll(() => compiler.close());
beforeEach(() => {
  running = 0;
  subscribe('worker_threads', onThread);
  pool = new PolicyPool({ threads: 2, deadlineMs: 20_000, maxQueue: 4 });
});
afterEach(async () => {
  unsubscribe('worker_threads', onThread);
  await pool.close();
});

test('warm ends when every thread runs, for whoever asked too', async () => {
  expect(running).toBe(0);
  const first = pool.warm();
  await pool.warm();
  expect(running).toBe(3);
  await first;
  await pool.warm();
  expect(running).toBe(3);
});

describe('a tenant is loaded when every thread runs', () => {
  const limits = { deadlineMs: 2000, memoryBytes: 16 * 1024 * 1024, concurrency: 0 };
  test.each([{ lazy: false }, { lazy: true }])('lazy: $lazy', async (more) => {
    const tenants = new Tenants({ compiler, pool, now: () => 0, limits });
    const sources = sourcesOf([{ path: 'tenants/plain/data.json', text: '{"a": 1}' }]);
    const info = await tenants.load({ tenant: 'plain', sources, ...more });
    expect([info.state, running]).toEqual([more.lazy ? 'waiting' : 'serving', 3]);
    tenants.close();
  });
});
