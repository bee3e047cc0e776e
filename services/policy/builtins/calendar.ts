/** The proleptic Gregorian calendar and the zones of the tz database, without JavaScript's Date limits in the way. */

/** A wall clock in some zone. Months and days count from 1; ns is within the second. */
export interface WallClock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ns: number;
  /** Seconds east of UTC. */
  readonly offset: number;
}

export const utc = 'UTC';
const second = 1_000_000_000n;
const daySeconds = 86_400;

/** Days since 1970-01-01 of a date whose month and day may lie outside of their range. */
export function daysOf(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.round(date.getTime() / (daySeconds * 1000));
}

export function daysIn(year: number, month: number): number {
  return daysOf(year, month + 1, 1) - daysOf(year, month, 1);
}

/** What a clock in `zone` shows; undefined when there is no such zone. */
export function wallClock(instant: bigint, zone: string): WallClock | undefined {
  const seconds = floorDivide(instant, second);
  const offset = offsetOf(zone, Number(seconds));
  if (offset === undefined) return undefined;
  const date = new Date((Number(seconds) + offset) * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    ns: Number(instant - seconds * second),
    offset,
  };
}

/** The instant at which a clock in `zone` shows this; as Go has it where the clock skips or repeats (time.Date). */
export function instantOf(clock: Omit<WallClock, 'offset'>, zone: string): bigint | undefined {
  const days = daysOf(clock.year, clock.month, clock.day);
  const local = days * daySeconds + clock.hour * 3600 + clock.minute * 60 + clock.second;
  const guess = offsetOf(zone, local);
  if (guess === undefined) return undefined;
  const offset = offsetOf(zone, local - guess) ?? guess;
  return BigInt(local - offset) * second + BigInt(clock.ns);
}

const int64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

/** OPA gives no value for what its 64-bit nanoseconds cannot hold: before 1677 and after 2262. */
export function inRange(instant: bigint | undefined): bigint | undefined {
  return instant !== undefined && instant >= int64.least && instant <= int64.most ? instant : undefined;
}

function floorDivide(a: bigint, b: bigint): bigint {
  return a / b - (a % b < 0n ? 1n : 0n);
}

const maxZones = 60;
const formats = new Map<string, Intl.DateTimeFormat | undefined>();

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (formats.has(zone)) return formats.get(zone);
  let format: Intl.DateTimeFormat | undefined;
  try {
    const numeric = 'numeric';
    const date = { era: 'short', year: numeric, month: numeric, day: numeric } as const;
    const time = { hour: numeric, minute: numeric, second: numeric, hourCycle: 'h23' } as const;
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...date, ...time });
  } catch {
    format = undefined;
  }
  const [oldest] = formats.keys();
  if (formats.size >= maxZones && oldest !== undefined) formats.delete(oldest);
  formats.set(zone, format);
  return format;
}

/** Seconds east of UTC at an instant in seconds since 1970. */
function offsetOf(zone: string, seconds: number): number | undefined {
  if (zone === '' || zone === utc) return 0;
  const format = formatOf(zone);
  if (!format) return undefined;
  const parts = new Map(format.formatToParts(new Date(seconds * 1000)).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
  const local = daysOf(year, number('month'), number('day')) * daySeconds;
  return local + number('hour') * 3600 + number('minute') * 60 + number('second') - seconds;
}
