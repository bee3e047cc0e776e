/** What a change was, in words. Pure. */
import type { Change, FieldChange } from '../../../lib/resource.ts';
import { inline } from '../base/format.ts';

const MOST = 2;

/** "opened", "tags.owner: a → b", in one line; the paths that say most come first. */
export function summaryOf({ kind, fields }: Pick<Change, 'kind' | 'fields'>): string {
  if (kind === 'appeared') return 'was created';
  if (kind === 'disappeared') return 'is gone';
  if (fields.length === 0) return kind === 'reappeared' ? 'is back' : 'changed';
  const told = shortFields(fields);
  const more = told.length > MOST ? ` and ${told.length - MOST} more` : '';
  return told.slice(0, MOST).map(fieldLine).join(' · ') + more;
}

/** Metadata repeats what stands flat beside it: a field is not told twice. */
export function shortFields(fields: readonly FieldChange[]): FieldChange[] {
  const paths = new Set(fields.map(({ path }) => path));
  const told = fields.filter(
    ({ path }) => !(path.startsWith('metadata.') && paths.has(path.slice('metadata.'.length))),
  );
  return told.toSorted((a, b) => weight(a.path) - weight(b.path));
}

const weight = (path: string): number => (path.startsWith('metadata') ? 2 : path.startsWith('tags.') ? 1 : 0);

function fieldLine({ path, old, new: next }: FieldChange): string {
  if (old === undefined || old === null) return `${path} added: ${brief(next)}`;
  if (next === undefined || next === null) return `${path} removed: ${brief(old)}`;
  return `${path}: ${brief(old)} → ${brief(next)}`;
}

function brief(value: unknown): string {
  if (typeof value !== 'object' || value === null) return inline(value);
  if (Array.isArray(value)) return `${value.length} entries`;
  return Object.entries(value)
    .filter(([, one]) => typeof one !== 'object' && one !== '')
    .slice(0, 6)
    .map(([key, one]) => `${key}=${String(one)}`)
    .join(' ');
}
