/** Writes a time by a Go layout. */
import { elavaError } from '../../../lib/errors.ts';
import { daysOf, type WallClock } from './calendar.ts';
import { months, piecesOf, weekdays } from './time-layout.ts';

/** `zone` is the name that was asked for; "" and "UTC" are UTC. */
export function formatTime(clock: WallClock, layout: string, zone: string): string {
  return piecesOf(layout)
    .map(({ literal, token }) => literal + element(clock, token, zone))
    .join('');
}

export function weekdayOf({ year, month, day }: WallClock): string {
  const days = daysOf(year, month, day) + 4;
  return weekdays[((days % 7) + 7) % 7] ?? '';
}

function digits(value: number, width: number): string {
  return `${value < 0 ? '-' : ''}${String(Math.abs(value)).padStart(width, '0')}`;
}

type Element = (clock: WallClock) => string;
const monthOf: Element = ({ month }) => months[month - 1] ?? '';
const hour12: Element = ({ hour }) => String(hour % 12 || 12);
const yearDay = ({ year, month, day }: WallClock): number => daysOf(year, month, day) - daysOf(year, 1, 1) + 1;

const elements: Readonly<Record<string, Element>> = {
  '2006': ({ year }) => digits(year, 4),
  '06': ({ year }) => digits(Math.abs(year) % 100, 2),
  January: monthOf,
  Jan: (clock) => monthOf(clock).slice(0, 3),
  '01': ({ month }) => digits(month, 2),
  '1': ({ month }) => String(month),
  Monday: weekdayOf,
  Mon: (clock) => weekdayOf(clock).slice(0, 3),
  '02': ({ day }) => digits(day, 2),
  '2': ({ day }) => String(day),
  _2: ({ day }) => String(day).padStart(2),
  '002': (clock) => digits(yearDay(clock), 3),
  __2: (clock) => String(yearDay(clock)).padStart(3),
  '15': ({ hour }) => digits(hour, 2),
  '03': (clock) => hour12(clock).padStart(2, '0'),
  '3': hour12,
  '04': ({ minute }) => digits(minute, 2),
  '4': ({ minute }) => String(minute),
  '05': ({ second }) => digits(second, 2),
  '5': ({ second }) => String(second),
  PM: ({ hour }) => (hour >= 12 ? 'PM' : 'AM'),
  pm: ({ hour }) => (hour >= 12 ? 'pm' : 'am'),
};

function element(clock: WallClock, token: string, zone: string): string {
  if (token === '') return '';
  if (token === 'MST') return zoneName(clock, zone);
  const write = elements[token];
  if (write) return write(clock);
  return token.startsWith('.') || token.startsWith(',') ? fraction(clock.ns, token) : zoneOffset(clock.offset, token);
}

/** `.000` shows that many digits, `.999` no zeros at the end. */
function fraction(ns: number, token: string): string {
  const shown = String(ns)
    .padStart(9, '0')
    .slice(0, token.length - 1)
    .padEnd(token.length - 1, '0');
  if (token[1] === '0') return `${token[0]}${shown}`;
  const trimmed = shown.replace(/0+$/, '');
  return trimmed === '' ? '' : `${token[0]}${trimmed}`;
}

function zoneOffset(offset: number, token: string): string {
  if (offset === 0 && token.startsWith('Z')) return 'Z';
  const size = Math.abs(offset);
  const colon = token.includes(':') ? ':' : '';
  const hours = `${offset < 0 ? '-' : '+'}${digits(Math.floor(size / 3600), 2)}`;
  if (token.length === 3) return hours;
  const minutes = `${hours}${colon}${digits(Math.floor((size % 3600) / 60), 2)}`;
  return token.length > 6 ? `${minutes}${colon}${digits(size % 60, 2)}` : minutes;
}

/** The tz database's short name. JavaScript knows only those of American zones and writes GMT+1 for the others. */
function zoneName({ year, month, day, hour, minute, offset }: WallClock, zone: string): string {
  if (zone === '' || zone === 'UTC') return 'UTC';
  const at = new Date((daysOf(year, month, day) * 1440 + hour * 60 + minute) * 60_000 - offset * 1000);
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' }).formatToParts(at);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  if (/^[A-Z]{3,4}$/.test(name)) return name;
  throw elavaError('POLICY_EVALUATION', `time.format does not know the short name of ${zone}; use -07:00`);
}
