/** Days as people count them, in a time zone: business days for grace, windows and freezes for changes. Pure. */
import { elavaError } from '../../lib/errors.ts';

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof weekdays)[number];

export interface Calendar {
  /** IANA name. */
  readonly zone: string;
  readonly workdays: readonly string[];
  /** `2026-12-25`, local dates. */
  readonly holidays: readonly string[];
}
export interface ChangeWindow {
  readonly days: readonly string[];
  /** `09:00`; a window whose end is not after its start goes on past midnight. */
  readonly from: string;
  readonly to: string;
}
export interface Freeze {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

const DAY_MS = 86_400_000;
/** Longer than any day of any zone: those of 25 hours, and a day that was skipped at the date line. */
const LONGEST_DAY_MS = 50 * 3_600_000;
/** Ten years of days: what needs more is a calendar without workdays. */
const MOST_DAYS = 3660;

interface Local {
  readonly date: string;
  readonly weekday: Weekday;
  /** Since local midnight, as the clock on the wall shows. */
  readonly minutes: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  try {
    const made = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(zone, made);
    return made;
  } catch (error) {
    throw elavaError('CONFIG_INVALID', `reconciler.calendar.zone: there is no time zone "${zone}"`, { cause: error });
  }
}

/** What calendars and clocks show in the zone. Error: CONFIG_INVALID for a zone that does not exist. */
export function localOf(at: number, zone: string): Local {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return {
    date: `${parts['year']}-${parts['month']}-${parts['day']}`,
    weekday: (parts['weekday'] ?? '').toLowerCase() as Weekday,
    minutes: Number(parts['hour']) * 60 + Number(parts['minute']),
  };
}

/** The first instant of the next local day. Searched, for a day may begin at one o'clock and have 23 or 25 hours. */
function nextDay(at: number, zone: string): number {
  const { date } = localOf(at, zone);
  let before = at;
  let after = at + LONGEST_DAY_MS;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localOf(middle, zone).date === date) before = middle;
    else after = middle;
  }
  return after;
}

export function isBusinessDay(at: number, { zone, workdays, holidays }: Calendar): boolean {
  const { date, weekday } = localOf(at, zone);
  return workdays.includes(weekday) && !holidays.includes(date);
}

/**
 * When `days` × 24 hours of business days have truly passed since `start` (ms): a day that the clocks cut short does not
 * shorten it. Errors: CONFIG_INVALID for a zone that does not exist or a calendar without workdays.
 */
export function graceEnd(start: number, days: number, calendar: Calendar): number {
  let left = days * DAY_MS;
  let at = start;
  for (let walked = 0; left > 0; walked += 1) {
    if (walked > MOST_DAYS) throw elavaError('CONFIG_INVALID', 'reconciler.calendar has no business days');
    const end = nextDay(at, calendar.zone);
    if (isBusinessDay(at, calendar)) {
      if (end - at >= left) return at + left;
      left -= end - at;
    }
    at = end;
  }
  return at;
}

/** Why nothing may be changed at this instant, or undefined. No windows at all means any time. */
export function closedBy(
  at: number,
  { zone, windows, freezes }: { zone: string; windows: readonly ChangeWindow[]; freezes: readonly Freeze[] },
): string | undefined {
  const frozen = freezes.find(({ from, to }) => Date.parse(from) <= at && at < Date.parse(to));
  if (frozen) return `changes are frozen until ${frozen.to}: ${frozen.reason}`;
  if (windows.length === 0 || windows.some((window) => isOpen(at, window, zone))) return undefined;
  return `no change window is open (${windows.map(({ days, from, to }) => `${days.join(',')} ${from}-${to}`).join('; ')} ${zone})`;
}

function isOpen(at: number, { days, from, to }: ChangeWindow, zone: string): boolean {
  const { weekday, minutes } = localOf(at, zone);
  const [start, end] = [minutesOf(from), minutesOf(to)];
  if (start < end) return days.includes(weekday) && minutes >= start && minutes < end;
  const dayBefore = weekdays[(weekdays.indexOf(weekday) + 6) % 7] ?? weekday;
  return (days.includes(weekday) && minutes >= start) || (days.includes(dayBefore) && minutes < end);
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}
