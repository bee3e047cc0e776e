/** Time as nanoseconds since 1970, with the zones of the tz database. */
import type { RegoValue } from '../host/values.ts';
import { daysIn, inRange, instantOf, type WallClock, wallClock } from './calendar.ts';
import { type Entries, fromInteger, integerOf, ofTexts, ofValues, smallIntegerOf } from './define.ts';
import { parseDuration } from './duration.ts';
import { formatTime, weekdayOf } from './time-format.ts';
import { parseTime } from './time-parse.ts';

/** A time with the zone and layout that came with it: `ns`, `[ns, zone]` or `[ns, zone, layout]`. */
interface Given {
  readonly instant: bigint;
  readonly zone: string;
  readonly layout: string;
}

function givenTime(value: RegoValue | undefined): Given | undefined {
  const [ns, zone = '', layout = ''] = Array.isArray(value) ? value : [value];
  const instant = inRange(integerOf(ns));
  if (instant === undefined || typeof zone !== 'string' || typeof layout !== 'string') return undefined;
  // A server's own zone is nothing that a result may depend on.
  return { instant, zone: zone === 'Local' ? 'UTC' : zone, layout };
}

function ofTime(work: (clock: WallClock, given: Given) => RegoValue): Entries[number][1] {
  return ofValues(([value]) => {
    const given = givenTime(value);
    const clock = given && wallClock(given.instant, given.zone);
    return given && clock && work(clock, given);
  });
}

function instantValue(instant: bigint | undefined): RegoValue | undefined {
  const known = inRange(instant);
  return known === undefined ? undefined : fromInteger(known);
}

function addDate(args: readonly RegoValue[]): RegoValue | undefined {
  const given = givenTime(args[0]);
  const [years, months, days] = args.slice(1).map(smallIntegerOf);
  const clock = given && wallClock(given.instant, given.zone);
  if (!clock || years === undefined || months === undefined || days === undefined) return undefined;
  const { year, month, day } = clock;
  return instantValue(instantOf({ ...clock, year: year + years, month: month + months, day: day + days }, given.zone));
}

/** Years, months, days, hours, minutes and seconds between two times, on the clock of the first one's zone. */
function difference(args: readonly RegoValue[]): RegoValue | undefined {
  const [a, b] = args.map(givenTime);
  if (!a || !b || !wallClock(b.instant, b.zone)) return undefined;
  const clocks = [a.instant, b.instant].map((one) => wallClock(one, a.zone));
  const [from, to] = a.instant <= b.instant ? clocks : clocks.reverse();
  return from && to && apart(from, to);
}

const clockParts = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

function apart(from: WallClock, to: WallClock): number[] {
  const parts = clockParts.map((part) => to[part] - from[part]);
  const sizes = [0, 12, daysIn(from.year, from.month), 24, 60, 60];
  // A negative part takes one of the next larger, from the smallest up.
  for (let i = parts.length - 1; i > 0; i--) {
    const part = parts[i] ?? 0;
    if (part >= 0) continue;
    parts[i] = part + (sizes[i] ?? 0);
    parts[i - 1] = (parts[i - 1] ?? 0) - 1;
  }
  return parts;
}

/** What a cloud's API writes nearly always; 1970 to 2099, no days that a month may lack. */
const usual = /^(19[7-9]\d|20\d\d)-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{3})?Z$/;

/** A shortcut: the whole of Go's parser is 20 times as long. */
function usualInstant(text: string): RegoValue | undefined {
  return usual.test(text) ? fromInteger(BigInt(Date.parse(text)) * 1_000_000n) : undefined;
}

export const timeBuiltins: Entries = [
  ['time.now_ns', ofValues((_args, { nowNs }) => fromInteger(nowNs))],
  ['time.parse_rfc3339_ns', ofTexts((text = '') => usualInstant(text) ?? instantValue(parseTime('RFC3339', text)))],
  ['time.parse_ns', ofTexts((layout = '', text = '') => instantValue(parseTime(layout, text)))],
  ['time.parse_duration_ns', ofTexts((text = '') => instantValue(parseDuration(text)))],
  ['time.format', ofTime((clock, { layout, zone }) => formatTime(clock, layout || 'RFC3339Nano', zone))],
  ['time.date', ofTime(({ year, month, day }) => [year, month, day])],
  ['time.clock', ofTime(({ hour, minute, second }) => [hour, minute, second])],
  ['time.weekday', ofTime(weekdayOf)],
  ['time.add_date', ofValues(addDate)],
  ['time.diff', ofValues(difference)],
];
