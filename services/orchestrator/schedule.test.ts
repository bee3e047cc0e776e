import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { MemoryJobs } from '../../lib/memory-jobs.ts';
import { createMetrics } from '../../lib/metrics.ts';
import type { Coverage, Unit } from '../../lib/resource.ts';
import { type ScanJob, scannerTopic } from '../scanner/scanner.contract.ts';
import { Planner } from './planner.ts';
import { Scans } from './scans.ts';
import { Schedule } from './schedule.ts';
import { tierWith } from './testing.ts';
import { Units } from './units.ts';

const minute = 60_000;
const tier = (types: string[], interval: number, tune = 1) => tierWith({ types, interval, tune });
const tiers = { fast: tier(['s3'], 15 * minute), slow: tier(['ec2', 'rds'], 60 * minute) };
const units: Unit[] = ['s3', 'ec2', 'rds', 'lambda'].map((type) => ({ account: '1', region: 'r', type }));
const log = pino({ level: 'silent' });

/** A loop whose units are observed as soon as they are planned, on a clock that only the test moves. */
function begin(coverage: Coverage[] = [], observe = true, failures = 0, many = 1, takesMs = 0) {
  jest.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  const clock = { now: () => Date.now() };
  const jobs = new MemoryJobs();
  const scans = new Scans({ clock });
  const planned: string[] = [];
  let scan = 0;
  const lookUp = async (): Promise<void> => {};
  const planner = new Planner({ jobs, scans, clock, log, random: () => String(++scan), lookUp });
  let left = failures;
  const types = units.map(({ type }) => ({ type, global: false }));
  const estate = async () => {
    if (left-- > 0) throw new Error('no credentials yet');
    const accounts = Array.from({ length: many }, (_, i) => ({
      id: String(i + 1),
      name: '',
      state: 'active' as const,
      regions: ['r'],
    }));
    return { accounts, units: new Units({ accounts, types, global: true }) };
  };
  const schedule = new Schedule({
    tiers,
    clock,
    log,
    metrics: createMetrics(),
    planner,
    scans,
    accountsAtOnce: 200,
    estate,
    coverage: async () => coverage,
    pace: async () => [],
    refresh: async () => {},
    holds: () => false,
    lookUp,
  });
  let most = 0;
  jobs.work<ScanJob>(scannerTopic('r'), { concurrency: 8, deadlineMs: 1e6 }, async ({ scan: id, unit }) => {
    most = Math.max(most, scans.pending);
    planned.push(`${(clock.now() - Date.UTC(2026, 0, 1)) / minute}: ${unit.type}`);
    if (!observe) return;
    if (takesMs > 0) await new Promise((resolve) => setTimeout(resolve, takesMs));
    const row = rowOf(unit, clock.now(), id);
    schedule.observed(row);
    scans.observed(row);
  });
  const stop = async (): Promise<void> => {
    await schedule.stop();
    await jobs.close();
  };
  stops.push(stop);
  return { schedule, planned, pass: (ms: number) => jest.advanceTimersByTimeAsync(ms), jobs, most: () => most };
}
const rowOf = (unit: Unit, at: number, scan = 'before', state: Coverage['state'] = 'complete') =>
  ({ ...unit, scan, state, started: new Date(at).toISOString() }) as Coverage;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  jest.useRealTimers();
});

describe('the loop', () => {
  test('scans each tier at its interval, and leaves alone what is in none', async () => {
    const { schedule, planned, pass } = begin();
    schedule.start();
    await pass(61 * minute);
    expect(planned.filter((p) => p.endsWith('s3')).map((p) => Math.floor(Number.parseFloat(p)))).toEqual([
      0, 15, 30, 45, 60,
    ]);
    expect(planned.filter((p) => p.endsWith('ec2')).map((p) => Math.floor(Number.parseFloat(p)))).toEqual([0, 60]);
    expect(planned.filter((p) => p.endsWith('lambda'))).toEqual([]);
  });

  test('resumes where it was: what was observed lately is not due', async () => {
    const start = Date.UTC(2026, 0, 1);
    const coverage = [
      rowOf(units[0] as Unit, start - 5 * minute),
      rowOf(units[1] as Unit, start - 59 * minute),
      rowOf(units[2] as Unit, start - 61 * minute),
    ];
    const { schedule, planned, pass } = begin(coverage);
    schedule.start();
    await pass(2 * minute);
    expect(planned.map((p) => `${Math.floor(Number.parseFloat(p))}${p.slice(p.indexOf(':'))}`)).toEqual([
      '0: rds',
      '1: ec2',
    ]);
    await pass(9 * minute);
    expect(planned.at(-1)).toMatch(/^10.*s3$/);
  });

  test('tries what failed again sooner', async () => {
    const coverage = units.map((unit) =>
      rowOf(unit, Date.UTC(2026, 0, 1), 'before', unit.type === 'ec2' ? 'failed' : 'complete'),
    );
    const { schedule, planned, pass } = begin(coverage);
    schedule.start();
    await pass(16 * minute);
    expect(planned.map((p) => p.split(' ')[1])).toEqual(['s3', 'ec2']);
  });

  test('does not plan a unit again that is still to be observed', async () => {
    const { schedule, planned, pass } = begin([], false);
    schedule.start();
    await pass(3 * 60 * minute);
    expect(planned).toHaveLength(3);
  });

  test('plans a large estate by and by, each unit once, and never more than the scanners take', async () => {
    const { schedule, planned, pass, most } = begin([], true, 0, 2000);
    schedule.start();
    await pass(5 * minute);
    expect(planned).toHaveLength(3 * 2000);
    expect(most()).toBeLessThanOrEqual(2000);
  });

  test('plans nothing twice while the scanners are slow', async () => {
    const { schedule, planned, pass } = begin([], true, 0, 2000, 20);
    schedule.start();
    await pass(2 * minute);
    expect(planned.length).toBeGreaterThan(2000);
    await pass(20 * minute);
    expect(planned.filter((one) => one.endsWith('ec2'))).toHaveLength(2000);
    expect(planned.filter((one) => one.endsWith('rds'))).toHaveLength(2000);
  });

  test('is started once and ends when it is told to', async () => {
    const { schedule, planned, pass } = begin();
    schedule.start();
    schedule.start();
    expect(schedule.running).toBe(true);
    await pass(1000);
    expect(planned).toHaveLength(3);
    await schedule.stop();
    expect(schedule.running).toBe(false);
    await pass(120 * minute);
    expect(planned).toHaveLength(3);
    schedule.start();
    await pass(1000);
    expect(planned).toHaveLength(6);
  });

  test('goes on after a failure', async () => {
    const { schedule, planned, pass } = begin([], true, 2);
    schedule.start();
    await pass(1000);
    expect(planned).toEqual([]);
    await pass(minute);
    expect(planned).toHaveLength(3);
  });
});

test("the schedule tells each tier's units, last observation and next one", async () => {
  const start = Date.UTC(2026, 0, 1);
  const { schedule } = begin([rowOf(units[0] as Unit, start - 5 * minute), rowOf(units[1] as Unit, start - minute)]);
  expect(await schedule.status()).toEqual([
    {
      tier: 'fast',
      interval_ms: 15 * minute,
      tuned_ms: 15 * minute,
      looks: 0,
      changed: 0,
      units: 1,
      last: '2025-12-31T23:55:00.000Z',
      next: '2026-01-01T00:10:00.000Z',
    },
    {
      tier: 'slow',
      interval_ms: 60 * minute,
      tuned_ms: 60 * minute,
      looks: 0,
      changed: 0,
      units: 2,
      last: '2025-12-31T23:59:00.000Z',
      next: '2026-01-01T00:00:00.000Z',
    },
  ]);
});
