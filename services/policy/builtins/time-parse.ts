/** Reads a time by a Go layout. */
import { daysIn, instantOf, utc } from './calendar.ts';
import { months, type Piece, piecesOf, weekdays } from './time-layout.ts';

/** What was read; a field that the layout does not have keeps its default. */
interface Fields {
  year: number;
  month: number | undefined;
  day: number | undefined;
  yearDay: number | undefined;
  hour: number;
  minute: number;
  second: number;
  ns: number;
  afternoon: boolean | undefined;
  /** Seconds east of UTC. */
  offset: number;
}

const unread: Readonly<Fields> = {
  year: 0,
  month: undefined,
  day: undefined,
  yearDay: undefined,
  hour: 0,
  minute: 0,
  second: 0,
  ns: 0,
  afternoon: undefined,
  offset: 0,
};

/** Reads at the start of what is left; how many characters it took, or undefined when they do not fit. */
type Reader = (text: string, fields: Fields, next: Piece | undefined) => number | undefined;

/** Nanoseconds since 1970; undefined when the value does not fit the layout. A zone that is not given is UTC. */
export function parseTime(layout: string, value: string): bigint | undefined {
  const fields: Fields = { ...unread };
  const pieces = piecesOf(layout);
  let rest = value;
  for (const [i, { literal, token }] of pieces.entries()) {
    const skipped = skip(rest, literal);
    if (skipped === undefined) return undefined;
    if (token === '') return skipped === '' ? instantFrom(fields) : undefined;
    const taken = readerOf(token)(skipped, fields, pieces[i + 1]);
    if (taken === undefined) return undefined;
    rest = skipped.slice(taken);
  }
  return undefined;
}

/** What follows a literal of the layout. A run of spaces stands for any number of them, and for the end. */
function skip(text: string, literal: string): string | undefined {
  let rest = text;
  for (const part of literal.match(/ +|[^ ]+/g) ?? []) {
    if (part.startsWith(' ')) {
      if (rest !== '' && !rest.startsWith(' ')) return undefined;
      rest = rest.replace(/^ +/, '');
    } else if (rest.startsWith(part)) rest = rest.slice(part.length);
    else return undefined;
  }
  return rest;
}

type NumberField = 'year' | 'month' | 'day' | 'yearDay' | 'hour' | 'minute' | 'second';

function number(pattern: RegExp, field: NumberField, [least, most]: readonly [number, number]): Reader {
  return (text, fields) => {
    const [all = ''] = pattern.exec(text) ?? [];
    const value = Number(all);
    if (all === '' || value < least || value > most) return undefined;
    fields[field] = value;
    return all.length;
  };
}

function name(names: readonly string[], length: number, keep: (fields: Fields, index: number) => void): Reader {
  const shown = names.map((one) => one.slice(0, length).toLowerCase());
  return (text, fields) => {
    const index = shown.findIndex((one) => text.slice(0, one.length).toLowerCase() === one);
    if (index < 0) return undefined;
    keep(fields, index);
    return shown[index]?.length;
  };
}

const keepMonth = (fields: Fields, index: number): void => {
  fields.month = index + 1;
};
const ignore = (): void => undefined;
const one = /^[0-9]{1,2}/;
const two = /^[0-9]{2}/;
const seconds = (pattern: RegExp): Reader => {
  const whole = number(pattern, 'second', [0, 59]);
  return (text, fields, next) => {
    const taken = whole(text, fields, next);
    const asks = next !== undefined && next.literal === '' && /^[.,]/.test(next.token);
    if (taken === undefined || asks) return taken;
    // Go takes a fraction after the seconds also where the layout has none.
    return taken + (fraction(/^[.,][0-9]+/)(text.slice(taken), fields, next) ?? 0);
  };
};
const half = (words: readonly [string, string]): Reader => {
  return (text, fields) => {
    const index = words.indexOf(text.slice(0, 2));
    if (index < 0) return undefined;
    fields.afternoon = index === 1;
    return 2;
  };
};

function fraction(pattern: RegExp): Reader {
  return (text, fields) => {
    const [all] = pattern.exec(text) ?? [];
    if (all === undefined) return undefined;
    fields.ns = Number(all.slice(1, 10).padEnd(9, '0'));
    return all.length;
  };
}

const readers: Readonly<Record<string, Reader>> = {
  '2006': number(/^[0-9]{4}/, 'year', [0, 9999]),
  '06': (text, fields, next) => {
    const taken = number(two, 'year', [0, 99])(text, fields, next);
    fields.year += fields.year >= 69 ? 1900 : 2000;
    return taken;
  },
  January: name(months, 9, keepMonth),
  Jan: name(months, 3, keepMonth),
  Monday: name(weekdays, 9, ignore),
  Mon: name(weekdays, 3, ignore),
  '01': number(two, 'month', [1, 12]),
  '1': number(one, 'month', [1, 12]),
  '02': number(two, 'day', [0, 99]),
  '2': number(one, 'day', [0, 99]),
  _2: number(/^ ?[0-9]{1,2}/, 'day', [0, 99]),
  '002': number(/^[0-9]{3}/, 'yearDay', [1, 366]),
  __2: number(/^ {0,2}[0-9]{1,3}/, 'yearDay', [1, 366]),
  '15': number(one, 'hour', [0, 23]),
  '03': number(two, 'hour', [0, 12]),
  '3': number(one, 'hour', [0, 12]),
  '04': number(two, 'minute', [0, 59]),
  '4': number(one, 'minute', [0, 59]),
  '05': seconds(two),
  '5': seconds(one),
  PM: half(['AM', 'PM']),
  pm: half(['am', 'pm']),
  MST: zoneName,
};

function readerOf(token: string): Reader {
  const known = readers[token];
  if (known) return known;
  if (/^[.,]0/.test(token)) return fraction(new RegExp(`^[.,][0-9]{${token.length - 1}}`));
  if (/^[.,]9/.test(token)) return (text, fields, next) => fraction(/^[.,][0-9]+/)(text, fields, next) ?? 0;
  return zoneOffset(token);
}

/** Go lets 24 hours and 60 minutes pass. */
const offsetLimits = [24, 60, 60];
const offsetSeconds = [3600, 60, 1];

function zoneOffset(token: string): Reader {
  const colon = token.includes(':') ? ':' : '';
  const parts = token.length === 3 ? 1 : token.length > 6 ? 3 : 2;
  const pattern = new RegExp(`^([+-])([0-9]{2})${`${colon}([0-9]{2})`.repeat(parts - 1)}`);
  return (text, fields) => {
    if (token.startsWith('Z') && text.startsWith('Z')) return 1;
    const [all, sign, ...found] = pattern.exec(text) ?? [];
    const numbers = found.map(Number);
    if (all === undefined || numbers.some((number, i) => number > (offsetLimits[i] ?? 0))) return undefined;
    const seconds = numbers.reduce((sum, number, i) => sum + number * (offsetSeconds[i] ?? 0), 0);
    fields.offset = sign === '-' ? -seconds : seconds;
    return all.length;
  };
}

/** A zone's short name says nothing about its offset, not even GMT+3: Go takes the time for UTC. */
function zoneName(text: string): number | undefined {
  const [all] = /^(?:GMT(?:[+-][0-9]{1,2})?|[+-][0-9]{1,2}|UTC)/.exec(text) ?? [];
  if (all !== undefined) return Math.abs(Number(all.replace(/^[A-Z]+/, '') || '0')) > 23 ? undefined : all.length;
  const [zone] =
    /^(?:ChST|MeST|[A-Z]{4}T(?![A-Z])|WITA(?![A-Z])|[A-Z]{3}T(?![A-Z])|[A-Z]{3}(?![A-Z]))/.exec(text) ?? [];
  return zone?.length;
}

function instantFrom(fields: Fields): bigint | undefined {
  const date = dateOf(fields);
  if (!date || date.day < 1 || date.day > daysIn(fields.year, date.month)) return undefined;
  const { year, minute, second, ns, offset } = fields;
  const local = instantOf({ year, ...date, hour: hourOf(fields), minute, second, ns }, utc);
  return local === undefined ? undefined : local - BigInt(offset) * 1_000_000_000n;
}

function hourOf({ hour, afternoon }: Fields): number {
  if (afternoon === true && hour < 12) return hour + 12;
  return afternoon === false && hour === 12 ? 0 : hour;
}

/** From the month and day, or from the day of the year, which must agree with them where they are given. */
function dateOf({ year, month, day, yearDay }: Fields): { month: number; day: number } | undefined {
  if (yearDay === undefined) return { month: month ?? 1, day: day ?? 1 };
  const found = dateOfYearDay(year, yearDay);
  const agrees = [month, day].every((given, i) => given === undefined || given === [found?.month, found?.day][i]);
  return agrees ? found : undefined;
}

function dateOfYearDay(year: number, yearDay: number): { month: number; day: number } | undefined {
  let day = yearDay;
  for (let month = 1; month <= 12; month++) {
    if (day <= daysIn(year, month)) return { month, day };
    day -= daysIn(year, month);
  }
  return undefined;
}
