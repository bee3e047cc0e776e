/** The users of deploy/nats: each can do its role's work, and not another's. */

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { JetStreamJobs } from '../../lib/jobs/jetstream-jobs.ts';
import { Terms, takeLease, tryLease } from '../../lib/lease.ts';
import { NatsLink } from '../../lib/nats.ts';
import { type TestNats, testNats } from '../support/nats.ts';
import { until } from '../support/until.ts';

const roles = ['history', 'orchestrator', 'scanner', 'member', 'admin'];
const passwords = Object.fromEntries(roles.map((role) => [`NATS_${role.toUpperCase()}`, `of-${role}`]));
const links: NatsLink[] = [];
const all: JetStreamJobs[] = [];
let nats: TestNats;
beforeAll(async () => {
  nats = await testNats(fileURLToPath(new URL('../../deploy/nats/users.conf', import.meta.url)), passwords);
});
afterAll(async () => {
  for (const jobs of all) await jobs.close();
  for (const link of links) await link.close();
  await nats[Symbol.asyncDispose]();
});

function as(user: string): NatsLink {
  const link = new NatsLink(nats.settings({ user, password: `of-${user}` }), user);
  links.push(link);
  return link;
}
function jobsOf(user: string, timeoutMs = 20_000): JetStreamJobs {
  const settings = { prefix: 'elava', replicas: 1, capacity: 100, ackWaitMs: 5000, timeoutMs };
  const jobs = new JetStreamJobs({ link: as(user), log: pino({ level: 'silent' }), ...settings });
  all.push(jobs);
  return jobs;
}
const lease = (key: string) => ({ prefix: 'elava', key, me: 'test', ttlMs: 10_000, replicas: 1 });
const soon = () => AbortSignal.timeout(1000);
const atLast = () => AbortSignal.timeout(30_000);

describe('the users of deploy/nats', () => {
  test('the orchestrator plans, the scanner works and buries, the admin looks and drops', async () => {
    const [orchestrator, scanner, admin] = [jobsOf('orchestrator'), jobsOf('scanner'), jobsOf('admin')];
    const seen: string[] = [];
    scanner.work<{ n: string }>('scan.eu-west-1', { concurrency: 1, attempts: 1, deadlineMs: 5000 }, async ({ n }) => {
      seen.push(n);
      if (n === 'bad') throw new Error('no');
    });
    for (const n of ['good', 'bad']) await orchestrator.publish('scan.eu-west-1', { n }, { id: n });
    await until(async () => (await admin.dead.list()).length > 0);
    expect(seen.toSorted((a, b) => a.localeCompare(b))).toEqual(['bad', 'good']);
    expect((await admin.dead.list()).map(({ id }) => id)).toEqual(['bad']);
    expect(await admin.dead.drop('scan.eu-west-1', 'bad')).toBe(true);
  });

  test('whoever leads takes its own lease, and no other role can', async () => {
    const term = await takeLease(as('history'), lease('history'), atLast());
    const shard = await takeLease(as('history'), lease('writer.3'), atLast());
    const watching = await Terms.watch(as('member'), lease('history'));
    expect(await tryLease(as('history'), lease('writer.3'))).toBeUndefined();
    await expect(tryLease(as('scanner'), lease('writer.4'))).rejects.toMatchObject({ type: 'NATS_UNAVAILABLE' });
    await expect(takeLease(as('scanner'), lease('orchestrator'), soon())).rejects.toMatchObject({ type: 'CANCELLED' });
    await expect(takeLease(as('member'), lease('attribution'), soon())).rejects.toMatchObject({ type: 'CANCELLED' });
    const review = await takeLease(as('member'), lease('analyzer'), atLast());
    await review.release();
    await shard.release();
    await term.release();
    watching.close();
  });

  test('a gateway plans no work, and nobody without a password comes in', async () => {
    await jobsOf('orchestrator').publish('scan.us-east-1', {}, { id: 'a' });
    await expect(jobsOf('member', 1000).publish('scan.us-east-1', {}, { id: 'b' })).rejects.toMatchObject({
      type: 'NATS_UNAVAILABLE',
    });
    await expect(new NatsLink(nats.settings(), 'x').connection()).rejects.toMatchObject({ type: 'NATS_UNAVAILABLE' });
  });
});
