import { describe, expect, test } from '@jest/globals';
import { type Figures, figuresOf, metricsOf } from './gauges.ts';
import { stored } from './testing.ts';
import { idleBy, type Measured, oversizedBy } from './usage.ts';

const week: Measured = {
  begun: '2026-11-13T12:00:00.000Z',
  measured_at: '2026-11-20T12:00:00.000Z',
  figures: {},
};
const settings = { idleCpu: 5, oversizedCpu: 20, idleMs: 7 * 86_400_000 };
const of = (figures: Figures, hours = 168): Measured => ({ ...week, figures: { hours, ...figures } });
const quiet = { cpu_peak: 1.5, bytes_in_total: 2e6, bytes_out_total: 1e6 };
const machine = stored('ec2', { status: 'running' });

describe('idle', () => {
  test('is an instance whose processor and network did nothing for the threshold, with the figures', () => {
    expect(idleBy(machine, of(quiet), settings)).toEqual({
      confidence: 0.85,
      evidence: [
        'its processor peaked at 1.5 % and it sent and got 0.429 MB a day, from 2026-11-13 to 2026-11-20 (CloudWatch)',
      ],
    });
    expect(idleBy(machine, of({ ...quiet, cpu_peak: 6 }), settings)).toBeUndefined();
    expect(idleBy(machine, of({ ...quiet, bytes_out_total: 1e9 }), settings)).toBeUndefined();
  });

  test('is said only of what was measured for long enough', () => {
    expect(idleBy(machine, of(quiet, 100), settings)).toBeUndefined();
    expect(idleBy(machine, of({ hours: 0 }), settings)).toBeUndefined();
    expect(idleBy(machine, { ...of(quiet), begun: '2026-11-15T12:00:00.000Z' }, settings)).toBeUndefined();
  });

  test('is a function that was not called: CloudWatch says nothing of it at all', () => {
    const fn = stored('lambda');
    expect(idleBy(fn, of({}, 0), settings)?.evidence[0]).toContain('not called once');
    expect(idleBy(fn, of({ calls_total: 1 }, 1), settings)).toBeUndefined();
    expect(idleBy(stored('rds', { status: 'available' }), of({}, 0), settings)).toBeUndefined();
  });
});

describe('oversized', () => {
  test('is what peaks far below its size, and is not idle', () => {
    expect(oversizedBy(machine, of({ cpu_peak: 9, bytes_in_total: 1e9 }), settings)).toMatchObject({
      confidence: 0.75,
    });
    expect(oversizedBy(machine, of({ cpu_peak: 25, bytes_in_total: 1e9 }), settings)).toBeUndefined();
    expect(oversizedBy(machine, of(quiet), settings)).toBeUndefined();
  });

  test('is a table whose busiest hour takes little of what is provisioned', () => {
    const table = (read: number, write: number) => stored('dynamodb', { read_capacity: read, write_capacity: write });
    const used = of({ reads_peak: 3600 * 10, writes_peak: 3600 });
    expect(oversizedBy(table(100, 100), used, settings)?.evidence[0]).toContain('10 %');
    expect(oversizedBy(table(20, 100), used, settings)).toBeUndefined();
    expect(oversizedBy(table(0, 0), used, settings)).toBeUndefined();
  });
});

test('a resource is measured in the states that it can be used in, under the name that CloudWatch has for it', () => {
  expect(metricsOf(machine).map(({ metric }) => [metric.name, metric.value])).toEqual([
    ['CPUUtilization', 'one'],
    ['NetworkIn', 'one'],
    ['NetworkOut', 'one'],
  ]);
  expect(metricsOf(stored('ec2', { status: 'stopped' }))).toEqual([]);
  expect(metricsOf(stored('kms'))).toEqual([]);
  const balancer = stored('elb', { id: 'arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/web/0123' });
  expect(metricsOf(balancer)[0]?.metric.value).toBe('app/web/0123');
  expect(metricsOf({ ...balancer, provider_owned: true })).toEqual([]);
});

test('a peak is the highest point, a total their sum, and hours are the points', () => {
  expect(
    figuresOf([
      { figure: 'cpu_peak', points: [1, 7, 3] },
      { figure: 'calls_total', points: [1, 2] },
      { figure: 'reads_peak', points: [] },
    ]),
  ).toEqual({ hours: 3, cpu_peak: 7, calls_total: 3 });
});
