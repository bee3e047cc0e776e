import { describe, expect, test } from '@jest/globals';
import type { Coverage, ObservationState, Unit } from '../../lib/resource.ts';
import { Scans } from './scans.ts';

const clock = { now: () => 1_000_000 };
const units = (many: number): Unit[] =>
  Array.from({ length: many }, (_, i) => ({ account: String(i), region: 'r', type: 't' }));
const row = (scan: string, unit: Unit, state: ObservationState = 'complete') => ({ scan, ...unit, state }) as Coverage;

function begin(many = 3) {
  const done: unknown[] = [];
  const scans = new Scans({ clock, onDone: (scan) => done.push(scan) });
  scans.begin('s', many);
  for (const unit of units(many)) scans.add('s', unit);
  return { scans, done };
}

describe('a scan', () => {
  test('is done when each of its units is observed, in whatever state', () => {
    const { scans, done } = begin();
    const [a, b, c] = units(3) as [Unit, Unit, Unit];
    scans.observed(row('s', a));
    scans.observed(row('s', b, 'failed'));
    expect(scans.progress('s').report).toMatchObject({ state: 'running', total: 3, done: 2, finished: '' });
    scans.observed(row('s', c));
    expect(scans.progress('s').report).toMatchObject({ state: 'done', done: 3, finished: '1970-01-01T00:16:40.000Z' });
    expect(done).toEqual([{ scan: 's', units: 3, complete: 2 }]);
  });

  test('does not count a unit twice, nor what is not its own', () => {
    const { scans } = begin();
    const [a] = units(1) as [Unit];
    scans.observed(row('s', a));
    scans.observed(row('s', a));
    scans.observed(row('other', a));
    scans.observed(row('s', { ...a, type: 'other' }));
    expect(scans.progress('s').report).toMatchObject({ done: 1 });
    expect(scans.progress('s').report.units).toHaveLength(1);
  });

  test('of nothing is done at once', () => {
    const { scans, done } = begin(0);
    expect(scans.progress('s').report).toMatchObject({ state: 'done', total: 0 });
    expect(done).toHaveLength(1);
  });

  test('that is cancelled tells what it dropped, once', () => {
    const { scans } = begin();
    scans.observed(row('s', units(1)[0] as Unit));
    expect(scans.cancel('s')).toBe(2);
    expect(scans.cancel('s')).toBe(0);
    expect(scans.progress('s').report).toMatchObject({ state: 'cancelled', done: 1 });
    scans.observed(row('s', units(2)[1] as Unit));
    expect(scans.progress('s').report.done).toBe(1);
  });

  test('that nobody knows is NOT_FOUND', async () => {
    const { scans } = begin();
    expect(() => scans.progress('x')).toThrow(expect.objectContaining({ type: 'NOT_FOUND' }));
    expect(() => scans.cancel('x')).toThrow(expect.objectContaining({ type: 'NOT_FOUND' }));
    await expect(scans.wait('x', 1)).rejects.toMatchObject({ type: 'NOT_FOUND' });
  });

  test('wakes who waits for it as soon as it ends', async () => {
    const { scans } = begin(1);
    const waiting = Promise.all([scans.wait('s', 60_000), scans.wait('s', 60_000)]);
    scans.observed(row('s', units(1)[0] as Unit));
    await waiting;
    await scans.wait('s', 60_000);
    expect(scans.isRunning('s')).toBe(false);
  });

  test('lets who waits go after a while', async () => {
    const { scans } = begin(1);
    await scans.wait('s', 5);
    expect(scans.isRunning('s')).toBe(true);
  });

  test('knows which units are still to come', () => {
    const { scans } = begin(2);
    const [a, b] = units(2) as [Unit, Unit];
    scans.observed(row('s', a));
    expect([scans.isPending(a), scans.isPending(b)]).toEqual([false, true]);
    scans.cancel('s');
    expect(scans.isPending(b)).toBe(false);
  });
});

test('memory is bounded: ended scans are forgotten, and a large one keeps no rows beyond a number', () => {
  const { scans } = begin(6000);
  const all = units(6000);
  for (const unit of all)
    scans.observed({ ...row('s', unit), ...(unit === all.at(-1) && { state: 'failed' as const }) });
  const { report, whole, leftOut } = scans.progress('s');
  expect(report.done).toBe(6000);
  // What was not read whole is kept, whenever it came.
  expect(report.units.filter(({ state }) => state === 'failed')).toHaveLength(1);
  expect(leftOut).toBe(1000);
  expect(report.units).toHaveLength(5000);
  expect(whole).toBe(false);
  for (let i = 0; i < 60; i++) scans.begin(`n${i}`, 0);
  expect(() => scans.progress('s')).toThrow(expect.objectContaining({ type: 'NOT_FOUND' }));
  expect(scans.progress('n59').whole).toBe(true);
});

test('no more units are with the scanners than are observed in time; the others wait where they take no memory', async () => {
  const scans = new Scans({ clock });
  const all = units(2001);
  scans.begin('s', all.length);
  for (const unit of all.slice(0, 2000)) {
    expect(await scans.room('s', 1)).toBe(true);
    scans.add('s', unit);
  }
  expect(await scans.room('s', 1)).toBe(false);
  const room = scans.room('s', 60_000);
  scans.observed(row('s', all[0] as Unit));
  expect(await room).toBe(true);
  expect(scans.pending).toBe(1999);
  expect(scans.silent(0)).toEqual(['s']);
  scans.close();
  expect(scans.progress('s').report.state).toBe('cancelled');
  expect(scans.pending).toBe(0);
});
