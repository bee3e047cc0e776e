/** Numbers, instants and ids as people read them. */
const whole = new Intl.NumberFormat('en-US');
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 });

export const count = (n: number): string => whole.format(n);
export const compact = (n: number): string => (n < 10_000 ? whole.format(n) : short.format(n));
export const share = (n: number, of: number): string => (of === 0 ? '–' : percent.format(n / of));
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

const units: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** `3d 4h`, `12m`, `now`: two units at most. Takes milliseconds. */
export function duration(ms: number): string {
  const left = Math.max(0, ms);
  const at = units.findIndex(([, size]) => left >= size);
  const first = units[at];
  if (!first) return 'now';
  const whole = Math.floor(left / first[1]);
  const second = units[at + 1];
  const rest = second && at < 2 ? Math.floor((left % first[1]) / second[1]) : 0;
  return second && rest > 0 ? `${whole}${first[0]} ${rest}${second[0]}` : `${whole}${first[0]}`;
}

/** How long ago an instant was. */
export function ago(instant: string, now: number): string {
  const at = Date.parse(instant);
  if (Number.isNaN(at)) return 'never';
  if (now - at < 5000) return at - now > 60_000 ? `in ${duration(at - now)}` : 'just now';
  return `${duration(now - at)} ago`;
}

const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZone: 'UTC',
});
const moment = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

const valid = (instant: string | number): boolean => !Number.isNaN(new Date(instant).getTime());
/** All instants are shown in UTC: two people who look at one view must read one time. */
export const dayOf = (instant: string | number): string => (valid(instant) ? day.format(new Date(instant)) : '–');
export const clockOf = (instant: string | number): string => (valid(instant) ? clock.format(new Date(instant)) : '–');
export const momentOf = (instant: string | number): string =>
  valid(instant) ? `${moment.format(new Date(instant))}` : '–';

const sizes = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
export function bytes(n: number): string {
  const step = n < 1 ? 0 : Math.min(sizes.length - 1, Math.floor(Math.log2(n) / 10));
  const value = n / 1024 ** step;
  return `${value >= 100 || step === 0 ? Math.round(value) : value.toFixed(1)} ${sizes[step]}`;
}

/** The part of an ARN that tells it from its neighbours. */
export function lastPart(id: string): string {
  const [, , , , , ...rest] = id.split(':');
  return rest.length > 0 ? rest.join(':') : id;
}

/** One value of a document in one line. */
export function inline(value: unknown): string {
  if (value === undefined || value === null) return '∅';
  if (typeof value === 'string') return value === '' ? '""' : value;
  if (typeof value === 'object') return JSON.stringify(value);
  return `${value as string | number | boolean}`;
}

/** A rule as people say it: the packages of the estate all stand under `elava`. */
export const ruleName = (rule: string): string => rule.replace(/^elava\./, '');
