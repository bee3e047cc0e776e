import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Calendar, closedBy, graceEnd, isBusinessDay, localOf } from './calendar.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const workdays = ['mon', 'tue', 'wed', 'thu', 'fri'];
const berlin: Calendar = { zone: 'Europe/Berlin', workdays, holidays: ['2026-12-25'] };
const at = (text: string): number => Date.parse(text);
const iso = (ms: number): string => new Date(ms).toISOString();

describe('grace', () => {
  test.each([
    ['a week of work', '2026-11-23T09:00:00+01:00', 3, '2026-11-26T08:00:00.000Z'],
    ['a weekend does not count', '2026-11-20T12:00:00+01:00', 1, '2026-11-23T11:00:00.000Z'],
    ['who begins on a Saturday begins on Monday', '2026-11-21T12:00:00+01:00', 1, '2026-11-23T23:00:00.000Z'],
    ['a holiday does not count', '2026-12-24T12:00:00+01:00', 1, '2026-12-28T11:00:00.000Z'],
    // The clocks go forward on Sunday the 29th of March: the hours of Friday and Monday are all there.
    ['over the spring change', '2026-03-27T12:00:00+01:00', 1, '2026-03-30T10:00:00.000Z'],
    ['over the autumn change', '2026-10-23T12:00:00+02:00', 1, '2026-10-26T11:00:00.000Z'],
    ['over a leap day', '2028-02-28T12:00:00+01:00', 2, '2028-03-01T11:00:00.000Z'],
  ])('%s', (_, start, days, end) => {
    expect(iso(graceEnd(at(start), days, berlin))).toBe(end);
  });

  test('a workday that the clocks cut to 23 hours does not make it shorter', () => {
    const sundays = { ...berlin, workdays: ['sun', 'mon'] };
    const end = graceEnd(at('2026-03-29T00:00:00+01:00'), 1, sundays);
    expect(end - at('2026-03-29T00:00:00+01:00')).toBe(DAY);
  });

  /** Counted minute by minute, from what the calendar says of each: nothing of the code under test but the day itself. */
  function businessTime(from: number, to: number, calendar: Calendar): number {
    let sum = 0;
    for (let now = from; now < to; now += 15 * 60_000) {
      if (isBusinessDay(now, calendar)) sum += Math.min(15 * 60_000, to - now);
    }
    return sum;
  }

  test('is never shorter than configured, whatever the zone, the clocks and the year', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Cairo',
      'Asia/Kathmandu',
      'America/Havana',
    ];
    const quarter = 15 * 60_000;
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        // Years with a leap day among them; on quarters, so that the count by quarters is exact.
        fc.integer({ min: at('2027-01-01T00:00Z') / quarter, max: at('2029-01-01T00:00Z') / quarter }),
        fc.integer({ min: 1, max: 8 }),
        (zone, start, days) => {
          const calendar = { zone, workdays, holidays: [] };
          const from = start * quarter;
          const end = graceEnd(from, days, calendar);
          expect(businessTime(from, end, calendar)).toBe(days * DAY);
          expect(end - from).toBeGreaterThanOrEqual(days * DAY);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a calendar without workdays is an error and no endless loop', () => {
    expect(() => graceEnd(0, 1, { ...berlin, workdays: [] })).toThrow('no business days');
    expect(() => graceEnd(0, 1, { ...berlin, zone: 'Mars/Olympus' })).toThrow('there is no time zone "Mars/Olympus"');
  });
});

describe('change windows', () => {
  const office = { days: workdays, from: '09:00', to: '17:00' };
  const night = { days: ['fri'], from: '22:00', to: '04:00' };
  const closed = (time: string, windows = [office], freezes: { from: string; to: string; reason: string }[] = []) =>
    closedBy(at(time), { zone: 'Europe/Berlin', windows, freezes });

  test('none means any time', () => expect(closed('2026-11-22T03:00Z', [])).toBeUndefined());
  test('inside and outside, by the clock of the zone', () => {
    expect(closed('2026-11-23T08:00:00Z')).toBeUndefined();
    expect(closed('2026-11-23T07:59:00Z')).toContain('no change window is open');
    expect(closed('2026-11-23T16:00:00Z')).toContain('no change window is open');
    expect(closed('2026-07-20T07:00:00Z')).toBeUndefined();
    expect(closed('2026-11-22T10:00:00Z')).toContain('no change window is open');
  });
  test('past midnight it is the day on which the window began', () => {
    expect(closed('2026-11-20T22:30:00Z', [night])).toBeUndefined();
    expect(closed('2026-11-21T02:30:00Z', [night])).toBeUndefined();
    expect(closed('2026-11-21T03:00:00Z', [night])).toBeDefined();
    expect(closed('2026-11-20T02:30:00Z', [night])).toBeDefined();
  });
  test('a freeze is stronger', () => {
    const freeze = { from: '2026-11-20T00:00Z', to: '2026-12-01T00:00Z', reason: 'the sale' };
    expect(closed('2026-11-23T08:00Z', [office], [freeze])).toContain('the sale');
  });
});

test('local dates and clocks', () => {
  expect(localOf(at('2026-11-22T23:30Z'), 'Europe/Berlin')).toEqual({
    date: '2026-11-23',
    weekday: 'mon',
    minutes: 30,
  });
});
