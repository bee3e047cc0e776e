import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { elavaError } from '../../lib/errors.ts';
import { JetStreamJobs, type JetStreamJobsOptions } from '../../lib/jobs/jetstream-jobs.ts';
import { queueLags } from '../../lib/jobs/lag.ts';
import { deadHeaders } from '../../lib/jobs/message.ts';
import { deadSubject, queueOf } from '../../lib/jobs/queue.ts';
import { Slots } from '../../lib/jobs/slots.ts';
import { NatsLink } from '../../lib/nats.ts';
import { type TestNats, testNats } from '../support/nats.ts';
import { until } from '../support/until.ts';

let nats: TestNats;
let count = 0;
const opened: { jobs: JetStreamJobs; link: NatsLink }[] = [];
beforeAll(async () => {
  nats = await testNats();
});
afterAll(async () => {
  await nats[Symbol.asyncDispose]();
});
afterEach(async () => {
  for (const { jobs, link } of opened.splice(0)) {
    await jobs.close();
    await link.close();
  }
});

/** The queue as one process has it. Processes of one `prefix` share it. */
function open(prefix: string, more: Partial<JetStreamJobsOptions> = {}): JetStreamJobs {
  const link = new NatsLink(nats.settings(), 'test');
  const log = pino({ level: 'silent' });
  // A process of which a busy machine lets nothing be heard for a moment keeps its jobs.
  const settings = { prefix, replicas: 1, capacity: 1000, ackWaitMs: 10_000, timeoutMs: 20_000 };
  const jobs = new JetStreamJobs({ link, log, ...settings, ...more });
  opened.push({ jobs, link });
  return jobs;
}
const fresh = (): string => `t${++count}`;
const options = { concurrency: 4, deadlineMs: 10_000 };

const drained = (jobs: JetStreamJobs, topic: string) =>
  until(async () => {
    const { waiting, running } = await jobs.stats(topic);
    return waiting + running === 0;
  });

describe('JetStreamJobs', () => {
  test('every job is worked once, by either of two processes, never more at a time than the slots', async () => {
    const prefix = fresh();
    const [one, two] = [open(prefix), open(prefix)];
    const seen: number[] = [];
    let running = 0;
    let most = 0;
    const slots = new Slots(3);
    const handle = async ({ n }: { n: number }): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      seen.push(n);
      running -= 1;
    };
    one.work('scan.eu-west-1', { ...options, slots }, handle);
    two.work('scan.eu-west-1', { ...options, slots }, handle);
    await Promise.all([...Array(60).keys()].map((n) => one.publish('scan.eu-west-1', { n }, { id: `scan/a b/${n}` })));
    await until(() => seen.length >= 60);
    expect(seen.toSorted((a, b) => a - b)).toEqual([...Array(60).keys()]);
    expect(most).toBeLessThanOrEqual(3);
  });

  test('an id that waits or runs is one job; when it is done it may come again', async () => {
    const jobs = open(fresh());
    let runs = 0;
    expect(await jobs.publish('t', {}, { id: 'a' })).toBe(true);
    expect(await jobs.publish('t', {}, { id: 'a' })).toBe(false);
    jobs.work('t', options, async () => {
      runs += 1;
    });
    await drained(jobs, 't');
    expect(await jobs.publish('t', {}, { id: 'a' })).toBe(true);
    await until(() => runs === 2);
  });

  test('what fails is delivered again with its attempt, then it is dead; it can be looked at, tried again, dropped', async () => {
    const jobs = open(fresh());
    const attempts: number[] = [];
    let broken = true;
    const outcomes: string[] = [];
    jobs.work<{ n: number }>('t', { ...options, attempts: 2 }, async (_, { attempt }) => {
      attempts.push(attempt);
      if (broken) throw elavaError('STORE_FULL', 'no room: password=hunter2\nsecond line');
      outcomes.push('done');
    });
    await jobs.publish('t', { n: 1 }, { id: 'a/ü' });
    await jobs.publish('t', { n: 2 }, { id: 'b' });
    await until(async () => (await jobs.dead.count('t')) === 2);
    // It lies among the dead a moment before it has left the queue.
    await drained(jobs, 't');
    expect(attempts.toSorted((a, b) => a - b)).toEqual([1, 1, 2, 2]);
    const dead = await jobs.dead.list({ topic: 't' });
    expect(dead.toSorted((a, b) => a.id.localeCompare(b.id))).toMatchObject([
      { topic: 't', id: 'a/ü', job: { n: 1 }, error: 'STORE_FULL', attempts: 2 },
      { id: 'b' },
    ]);
    expect(dead[0]?.detail).not.toContain('hunter2');
    broken = false;
    expect([await jobs.dead.retry('t', 'a/ü'), await jobs.dead.drop('t', 'b')]).toEqual([true, true]);
    await until(() => outcomes.length === 1);
    expect([await jobs.dead.list(), await jobs.dead.drop('t', 'b')]).toEqual([[], false]);
  });

  test('a job that is tried again before it has left its queue is not taken for the one that died', async () => {
    const prefix = fresh();
    const jobs = open(prefix);
    await jobs.publish('t', { n: 1 }, { id: 'a' });
    const { js, jsm } = await jobs.open();
    const queue = queueOf(prefix, 't');
    const standing = async () => await jsm.streams.getMessage(queue.stream, { last_by_subj: queue.subjectOf('a') });
    const { seq, data } = await standing();
    const headers = deadHeaders('t', { id: 'a', seq, error: new Error('no'), attempts: 3 });
    await js.publish(deadSubject(prefix, 't', 'a'), data, { headers });
    expect(await jobs.dead.retry('t', 'a')).toBe(true);
    expect((await standing()).seq).toBeGreaterThan(seq);
    expect(await jobs.dead.list()).toEqual([]);
  });

  test('its topics are those that have a queue, and those of which only dead jobs are left', async () => {
    const prefix = fresh();
    const jobs = open(prefix);
    expect(await jobs.topics()).toEqual([]);
    await open(fresh()).publish('other', {}, { id: 'a' });
    const worker = jobs.work('scan.us-east-1', { ...options, attempts: 1 }, async () => {
      throw new Error('no');
    });
    await jobs.publish('scan.us-east-1', {}, { id: 'a' });
    await jobs.publish('scan.eu-west-1', {}, { id: 'a' });
    await until(async () => (await jobs.dead.count('scan.us-east-1')) === 1);
    expect(await jobs.topics()).toEqual(['scan.eu-west-1', 'scan.us-east-1']);
    await worker.close();
    const { jsm } = await jobs.open();
    await jsm.streams.delete(`${prefix}-jobs-scan_us-east-1`);
    expect(await jobs.topics()).toEqual(['scan.eu-west-1', 'scan.us-east-1']);
    expect(await queueLags(jsm, prefix)).toEqual([
      { topic: 'scan.eu-west-1', waiting: 1, dead: 0 },
      { topic: 'scan.us-east-1', waiting: 0, dead: 1 },
    ]);
  });

  test('a job whose process is silent goes to another; one that is still worked on does not', async () => {
    const prefix = fresh();
    const [silent, other] = [open(prefix, { ackWaitMs: 2500 }), open(prefix, { ackWaitMs: 2500 })];
    const held: string[] = [];
    silent.work<{ n: number }>('t', { ...options, concurrency: 1 }, async () => {
      held.push('silent');
      // Longer than ack_wait: the heartbeat keeps it.
      await new Promise((resolve) => setTimeout(resolve, 5000));
    });
    await silent.publish('t', { n: 1 }, { id: 'a' });
    await until(() => held.length > 0);
    other.work('t', options, async () => {
      held.push('other');
    });
    await drained(other, 't');
    expect(held).toEqual(['silent']);
    // A process that is gone says nothing any more.
    const { connection } = await silent.open();
    await silent.publish('t', { n: 2 }, { id: 'b' });
    await until(() => held.length > 1);
    if (held[1] === 'silent') {
      await connection.close();
      await until(() => held.length > 2);
    }
    expect(held.at(-1)).toBe('other');
  });

  test('jobs of a leader that leads no more are not done', async () => {
    const prefix = fresh();
    const [old, now] = [
      open(prefix, { fence: () => 7 }),
      open(prefix, { fence: () => 9, isStale: (term) => term < 9 }),
    ];
    const done: string[] = [];
    const outcomes: string[] = [];
    const worker = open(prefix, { isStale: (term) => term < 9, onSettled: (_, outcome) => outcomes.push(outcome) });
    await old.publish('t', { from: 'old' }, { id: 'a' });
    await now.publish('t', { from: 'now' }, { id: 'b' });
    worker.work<{ from: string }>('t', options, async ({ from }) => {
      done.push(from);
    });
    await drained(worker, 't');
    expect([done, outcomes.toSorted()]).toEqual([['now'], ['done', 'stale']]);
  });

  test('a publisher waits while the topic is full, and goes on when there is room', async () => {
    const jobs = open(fresh(), { capacity: 2 });
    await jobs.publish('t', {}, { id: '1' });
    await jobs.publish('t', {}, { id: '2' });
    let third = false;
    const waiting = jobs.publish('t', {}, { id: '3' }).then(() => {
      third = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(third).toBe(false);
    jobs.work('t', options, async () => {});
    await waiting;
    expect(third).toBe(true);
  });

  test('a job that processes die of is given up, and what ran beside it is done', async () => {
    const prefix = fresh();
    const done = new Set<string>();
    const dead: string[] = [];
    const first = open(prefix);
    for (const id of ['a', 'poison', 'b']) await first.publish('t', { id }, { id });
    // Each of these takes the jobs and is gone without a word, as often as the poison is taken.
    for (let life = 0; life < 9 && dead.length === 0; life += 1) {
      const jobs = open(prefix, {
        ackWaitMs: 500,
        onSettled: (_, outcome) => outcome === 'dead' && dead.push('poison'),
      });
      const { connection } = await jobs.open();
      let poisoned = false;
      jobs.work<{ id: string }>('t', { ...options, concurrency: 2, attempts: 1 }, async ({ id }) => {
        if (id !== 'poison') await new Promise((resolve) => setTimeout(resolve, 30));
        else poisoned = true;
        if (poisoned) await connection.close();
        else done.add(id);
      });
      await until(() => poisoned || dead.length > 0);
    }
    const last = open(prefix);
    last.work<{ id: string }>('t', { ...options, attempts: 1 }, async ({ id }) => void done.add(id));
    await until(() => done.size === 2);
    expect((await last.dead.list()).map(({ id, error }) => [id, error])).toEqual([['poison', 'JOB_UNSETTLED']]);
  });

  test('a server that dies loses nothing: publishers and workers go on where they were', async () => {
    const jobs = open(fresh());
    const seen = new Set<number>();
    jobs.work<{ n: number }>('t', options, async ({ n }) => {
      seen.add(n);
    });
    const publishing = (async () => {
      for (let n = 0; n < 300; n += 1) await jobs.publish('t', { n }, { id: String(n) });
    })();
    await until(() => seen.size > 20);
    await nats.kill();
    await nats.start();
    await publishing;
    await until(() => seen.size === 300);
    expect(seen.size).toBe(300);
  });
});
