/** A change as correlation needs it: what names the resource, which fields changed to what, and when. Pure. */
import type { Change } from '../../lib/resource.ts';
import type { OpenChange } from '../history/history.contract.ts';
import type { EffectKind } from './effect.ts';
import { lastPart } from './record.ts';

export interface Subject {
  readonly change: Change;
  readonly kind: EffectKind;
  /** ARN and short id or name. */
  readonly names: ReadonlySet<string>;
  /** The short id is one that AWS made up, so that no other resource has it. */
  readonly unique: boolean;
  /** Short ids of what it refers to, before or after. */
  readonly references: ReadonlySet<string>;
  /** Changed fields in lower-case letters without `metadata`, each once. */
  readonly fields: readonly string[];
  /** New values that are texts or numbers, and new tags as `key=value`. */
  readonly values: ReadonlySet<string>;
  readonly tagKeys: ReadonlySet<string>;
  /** Milliseconds. */
  readonly from: number;
  readonly to: number;
}

const madeUp = /^[a-z]{1,8}-[0-9a-f]{8,17}$/;
/** Fields that tell when, not what: they change with every other. */
const clocks = /(last|modified|updated|transition)(at|time|date|on)?$|timestamp|revisionid|usageoperationupdatetime/;

export function subjectOf({ change, from, created_at, refs }: OpenChange, lookbackMs: number): Subject {
  const short = lastPart(change.id);
  const to = Date.parse(change.at);
  const made = change.kind === 'appeared' ? Date.parse(created_at) : Number.NaN;
  const changed = change.fields.filter(({ path }) => !path.startsWith('refs'));
  return {
    change,
    kind: change.kind === 'modified' ? 'modify' : change.kind === 'disappeared' ? 'delete' : 'create',
    names: new Set([change.id, short]),
    unique: madeUp.test(short),
    references: new Set([...refs.map(lastPart), ...changed.flatMap(({ old, new: now }) => idsIn([old, now], 0))]),
    fields: [...new Set(changed.map(({ path }) => plainField(path)))].filter((name) => !clocks.test(name)),
    values: new Set(changed.flatMap(({ path, new: now }) => valuesOf(path, now))),
    tagKeys: new Set(changed.flatMap(({ path }) => (path.startsWith('tags.') ? [path.slice(5)] : []))),
    ...windowOf({ made, from: Date.parse(from), to, lookbackMs }),
  };
}

/** What was made has its own time, which says more than two scans do. */
function windowOf({ made, from, to, lookbackMs }: { made: number; from: number; to: number; lookbackMs: number }) {
  const earliest = to - lookbackMs;
  if (!Number.isNaN(made) && made <= to) return { from: made - CREATED_MS, to: Math.min(to, made + CREATED_MS) };
  return { from: Number.isNaN(from) ? earliest : Math.max(from, earliest), to };
}

/** A resource's own time and that of the call that made it differ by seconds; a database's by as long as it takes. */
const CREATED_MS = 30 * 60_000;

/** `metadata.InstanceType` and `instance_type` are one field: `instancetype`; of `tags.owner` it is `tags`. */
function plainField(path: string): string {
  const [first = '', ...rest] = path.replace(/^metadata\./, '').split('.');
  const words =
    first.toLowerCase() === 'tags' ? 'tags' : [first, ...rest.filter((part) => !/^\d+$/.test(part))].join('');
  return words.toLowerCase().replace(/[^a-z]/g, '');
}

function valuesOf(path: string, value: unknown): string[] {
  if (path.startsWith('tags.')) return [`${path.slice(5)}=${typeof value === 'string' ? value : ''}`];
  if (typeof value === 'number' || (typeof value === 'string' && value.length > 2)) return [String(value)];
  return [];
}

/** Ids that are taken out of one value. */
export const MOST_IDS = 50;

/** Short ids that AWS made up, as i-0123456789abcdef0, in whatever JSON. */
export function idsIn(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return madeUp.test(lastPart(value)) ? [lastPart(value)] : [];
  if (typeof value !== 'object' || value === null || depth > 6) return [];
  return Object.values(value)
    .flatMap((inner) => idsIn(inner, depth + 1))
    .slice(0, MOST_IDS);
}
