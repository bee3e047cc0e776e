import { describe, expect, test } from '@jest/globals';
import { elavaError } from './errors.ts';
import { Slots } from './jobs/slots.ts';
import type { Jobs } from './jobs.ts';
import { MemoryJobs } from './memory-jobs.ts';

const options = { concurrency: 2, deadlineMs: 5000 };

async function drained(jobs: Jobs, topic: string): Promise<void> {
  for (let i = 0; i < 500; i += 1) {
    const { waiting, running } = await jobs.stats(topic);
    if (waiting + running === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error('the topic did not drain');
}

describe('MemoryJobs', () => {
  test('runs every job once, never more at a time than its concurrency', async () => {
    const jobs = new MemoryJobs();
    const seen: number[] = [];
    let running = 0;
    let most = 0;
    jobs.work<{ n: number }>('t', options, async ({ n }) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen.push(n);
      running -= 1;
    });
    for (let n = 0; n < 20; n += 1) await jobs.publish('t', { n }, { id: String(n) });
    await drained(jobs, 't');
    expect(seen.toSorted((a, b) => a - b)).toEqual([...Array(20).keys()]);
    expect(most).toBe(2);
    await jobs.close();
  });

  test('takes a job of an id that waits or runs only once, and again when it is done', async () => {
    const jobs = new MemoryJobs();
    let runs = 0;
    expect(await jobs.publish('t', {}, { id: 'a' })).toBe(true);
    expect(await jobs.publish('t', {}, { id: 'a' })).toBe(false);
    jobs.work('t', options, async () => {
      runs += 1;
    });
    await drained(jobs, 't');
    expect(await jobs.publish('t', {}, { id: 'a' })).toBe(true);
    await drained(jobs, 't');
    expect(runs).toBe(2);
    await jobs.close();
  });

  test('delivers a failed job again, with its attempt, until it is dead', async () => {
    const dead: unknown[] = [];
    const attempts: number[] = [];
    const jobs = new MemoryJobs({ onDead: (topic, id, error) => dead.push([topic, id, (error as Error).message]) });
    jobs.work('t', { ...options, attempts: 3 }, async (_, { attempt }) => {
      attempts.push(attempt);
      throw new Error('no');
    });
    await jobs.publish('t', {}, { id: 'a' });
    await drained(jobs, 't');
    expect(attempts).toEqual([1, 2, 3]);
    expect(dead).toEqual([['t', 'a', 'no']]);
    expect(jobs.stats('t').dead).toBe(1);
    await jobs.close();
  });

  test('a dead job can be looked at, tried again, and dropped', async () => {
    const jobs = new MemoryJobs();
    let broken = true;
    jobs.work('t', { ...options, attempts: 1 }, async () => {
      if (broken) throw elavaError('STORE_FULL', 'no room');
    });
    for (const id of ['a', 'b']) await jobs.publish('t', { id }, { id });
    await drained(jobs, 't');
    expect(await jobs.dead.list({ topic: 't' })).toMatchObject([
      { id: 'a', job: { id: 'a' }, error: 'STORE_FULL', detail: 'no room', attempts: 1 },
      { id: 'b' },
    ]);
    broken = false;
    expect([await jobs.dead.retry('t', 'a'), await jobs.dead.drop('t', 'b')]).toEqual([true, true]);
    await drained(jobs, 't');
    expect(await jobs.topics()).toEqual(['t']);
    expect([await jobs.dead.list(), jobs.stats('t').done, await jobs.dead.retry('t', 'a')]).toEqual([[], 1, false]);
    await jobs.close();
  });

  test('workers of several topics share their slots, and one with nothing to do leaves them to the others', async () => {
    const jobs = new MemoryJobs();
    const slots = new Slots(2);
    let running = 0;
    let most = 0;
    const names = ['a', 'b', 'c'];
    for (const topic of names) {
      jobs.work(topic, { ...options, slots }, async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        running -= 1;
      });
    }
    for (let n = 0; n < 10; n += 1) for (const topic of names) await jobs.publish(topic, {}, { id: String(n) });
    for (const topic of names) await drained(jobs, topic);
    expect([most, slots.free]).toEqual([2, 2]);
    await jobs.close();
  });

  test('does not deliver again what was cancelled', async () => {
    const jobs = new MemoryJobs();
    let runs = 0;
    jobs.work('t', options, async () => {
      runs += 1;
      throw elavaError('CANCELLED', 'stop');
    });
    await jobs.publish('t', {}, { id: 'a' });
    await drained(jobs, 't');
    expect(runs).toBe(1);
    await jobs.close();
  });

  test('holds a publisher back while the topic is full', async () => {
    const jobs = new MemoryJobs({ capacity: 2 });
    await jobs.publish('t', {}, { id: '1' });
    await jobs.publish('t', {}, { id: '2' });
    let third = false;
    const waiting = jobs.publish('t', {}, { id: '3' }).then(() => {
      third = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(third).toBe(false);
    jobs.work('t', options, async () => {});
    await waiting;
    expect(third).toBe(true);
    await jobs.close();
  });

  test('refuses a publisher when as many wait as jobs do', async () => {
    const jobs = new MemoryJobs({ capacity: 1 });
    await jobs.publish('t', {}, { id: '1' });
    const held = jobs.publish('t', {}, { id: '2' });
    await expect(jobs.publish('t', {}, { id: '3' })).rejects.toMatchObject({ type: 'QUEUE_FULL' });
    await jobs.close();
    await expect(held).rejects.toMatchObject({ type: 'CANCELLED' });
  });

  test('aborts the signal of a job that runs past its deadline', async () => {
    const jobs = new MemoryJobs();
    let aborted = false;
    jobs.work('t', { concurrency: 1, deadlineMs: 5, attempts: 1 }, async (_, { signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      aborted = true;
    });
    await jobs.publish('t', {}, { id: 'a' });
    await drained(jobs, 't');
    expect(aborted).toBe(true);
    await jobs.close();
  });

  test('close waits for what runs and tells it to stop', async () => {
    const jobs = new MemoryJobs();
    let ended = false;
    jobs.work('t', options, async (_, { signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      ended = true;
    });
    await jobs.publish('t', {}, { id: 'a' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await jobs.close();
    expect(ended).toBe(true);
  });
});
