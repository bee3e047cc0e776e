/** Inputs made from those of the tables, from a seed: fields are changed, taken away and put where others were. */
import { generator } from '../../loadtest/random.ts';
import { type Case, packages, table } from './shipped.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The instant of every input: native opa is asked for many inputs at once. */
export const now = '2026-11-20T12:00:00Z';

const strange: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1e6,
  0.5,
  '',
  'prod',
  'none',
  '*',
  '0.0.0.0/0',
  [],
  {},
  ['x'],
  { a: 1 },
];

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One in `every` values is changed; `context.now` is not. */
function changed(value: Json, pick: (below: number) => number, every: number): Json {
  if (pick(every) === 0) return strange[pick(strange.length)] ?? null;
  if (Array.isArray(value)) return value.map((item) => changed(item, pick, every));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key === 'now' || pick(every) > 0);
  return Object.fromEntries(kept.map(([key, item]) => [key, key === 'now' ? now : changed(item, pick, every)]));
}

/** The parts of an input are taken from several rows of the tables, and then changed a little. */
export function generatedInputs(count: number, seed: number): object[] {
  const pick = generator(seed);
  const rows: readonly Case[] = packages.flatMap((name) => [...table(name, 'allowed'), ...table(name, 'denied')]);
  const parts = [...new Set(rows.flatMap(({ input }) => Object.keys(input)))].sort();
  return Array.from({ length: count }, () => {
    const base = rows[pick(rows.length)]?.input ?? {};
    const other = rows[pick(rows.length)]?.input ?? {};
    const mixed = parts.map((part) => [part, (pick(4) === 0 ? other : base)[part]] as const);
    const input = Object.fromEntries(mixed.filter(([, value]) => value !== undefined)) as { [key: string]: Json };
    const fields = Object.entries(input).map(([part, value]) => [part, isObject(value) ? around(value, pick) : value]);
    const made = Object.fromEntries(fields) as { context?: Json };
    return { ...made, context: { ...(isObject(made.context ?? null) ? (made.context as object) : {}), now } };
  });
}

/** Changes below the part itself: an input without a resource is not what is asked here. */
function around(part: { [key: string]: Json }, pick: (below: number) => number): Json {
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, changed(value, pick, 25)]));
}
