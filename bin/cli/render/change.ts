/** A change in one line. */
import type { Change, FieldChange } from '../../../lib/resource.ts';

const longest = 60;

export function fieldsText(change: Change): string {
  if (change.kind !== 'modified') return change.kind === 'disappeared' ? 'no longer there' : 'new';
  return change.fields.filter(isPlain).map(fieldText).join('; ') || change.fields.map(fieldText).join('; ');
}

/** `metadata` repeats the flat fields; saying both would hide the change in its echo. */
function isPlain(field: FieldChange): boolean {
  return !field.path.startsWith('metadata');
}

export function fieldText(field: FieldChange): string {
  return `${field.path}: ${valueText(field.old)} → ${valueText(field.new)}`;
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return '(none)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text === '' ? '""' : text;
}
