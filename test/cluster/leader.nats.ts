/** A leader that is paused for five leases and wakes up still believes that it leads: nothing that it plans is done. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { Cluster } from '../../lib/cluster.ts';
import { createMetrics } from '../../lib/metrics.ts';
import { testNats } from '../support/nats.ts';
import { until } from '../support/until.ts';

const script = fileURLToPath(new URL('./leader-process.ts', import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(name: string, url: string): { child: ChildProcess; leads: Promise<number> } {
  const child = fork(script, [name, url], { execArgv: [] });
  children.push(child);
  const leads = once(child, 'message').then(([said]) => (said as { leads: number }).leads);
  return { child, leads };
}

test('no job of a past term is done after one of the next', async () => {
  await using nats = await testNats();
  const settings = nats.settings({ lease: '3s' });
  const worker = new Cluster({
    nats: settings,
    node: 'worker',
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
  });
  await worker.open();
  const done: number[] = [];
  worker.jobs.work<{ token: number }>('plan', { concurrency: 1, deadlineMs: 5000 }, async ({ token }) => {
    done.push(token);
  });
  const first = start('a', nats.url);
  const before = await first.leads;
  const second = start('b', nats.url);
  await until(() => done.length > 20);
  first.child.kill('SIGSTOP');
  const after = await second.leads;
  await until(() => done.includes(after));
  // Five leases.
  await new Promise((resolve) => setTimeout(resolve, 15_000));
  first.child.kill('SIGCONT');
  await once(first.child, 'exit');
  const many = done.length;
  await until(() => done.length > many + 20);
  expect(after).toBeGreaterThan(before);
  expect(done.slice(done.indexOf(after)).filter((token) => token !== after)).toEqual([]);
  await worker.close();
});
