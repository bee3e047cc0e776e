/** A change in one line. */
import { isObject } from '../../../lib/is-object.ts';
import type { Change, FieldChange } from '../../../lib/resource.ts';
import { plainText } from '../csv.ts';

const longest = 110;

export function fieldsText(change: Change): string {
  if (change.kind !== 'modified') return change.kind === 'disappeared' ? 'no longer there' : 'new';
  return change.fields.filter(isPlain).map(fieldText).join('; ') || change.fields.map(fieldText).join('; ');
}

/** The actor, with a question mark where it is a guess or not likely. */
export function whoText({ attribution }: Pick<Change, 'attribution'>): string {
  if (!attribution) return '';
  const { actor, actor_kind, method, confidence } = attribution;
  const sure = method === 'cloudtrail' && confidence >= 0.5;
  if (actor === '') return actor_kind === '' ? '' : `${actor_kind}?`;
  return sure ? actor : `${actor}?`;
}

/** By which call, and how sure that is: `AuthorizeSecurityGroupIngress (97 %)`; "" where no call is known. */
export function callText({ attribution }: Pick<Change, 'attribution'>): string {
  if (!attribution || attribution.event === '') return '';
  return `${attribution.event} (${Math.round(attribution.confidence * 100)} %)`;
}

/** `metadata` repeats the flat fields; saying both would hide the change in its echo. */
function isPlain(field: FieldChange): boolean {
  return !field.path.startsWith('metadata');
}

export function fieldText(field: FieldChange): string {
  return `${field.path}: ${valueText(field.old)} → ${valueText(field.new)}`;
}

/** An object in the words of a command line, `direction=ingress from_port=22`: shorter than JSON, and as plain. */
function valueText(value: unknown): string {
  if (value === undefined || value === null) return '(none)';
  if (value === '') return '""';
  const text = isObject(value)
    ? Object.entries(value)
        .map(([key, inner]) => `${key}=${plainText(inner)}`)
        .join(' ')
    : plainText(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
