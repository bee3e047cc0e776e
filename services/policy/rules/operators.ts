/** What a condition of a rule policy may ask of a field, and how it is said in Rego. */
import { RE2JS } from 're2js';

export interface Operator {
  /** What is wrong with the value that is compared with, or "". */
  readonly check: (value: unknown) => string;
  /** Rego that is true when a defined field compares so. `ref` is a reference, `value` the operand as Rego. */
  readonly rego: (ref: string, value: string, operand: unknown) => string;
  /** It holds where the comparison does not, also where there is no such field. */
  readonly negated?: true;
}

const is = (type: string, name: string) => (value: unknown) => (typeof value === type ? '' : `it takes ${name}`);
const aText = is('string', 'a text');
const aFlag = is('boolean', 'true or false');
const aScalar = (value: unknown): string =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)
    ? ''
    : 'it takes a text, a number or a boolean';
const aList = (value: unknown): string =>
  Array.isArray(value) && value.length > 0 && value.every((one) => aScalar(one) === '')
    ? ''
    : 'it takes a list of values';
const ordered = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'string' ? '' : 'it takes a number or a text';

function aPattern(value: unknown): string {
  if (typeof value !== 'string') return 'it takes a regular expression (RE2)';
  try {
    RE2JS.compile(value);
    return '';
  } catch (error) {
    return `it is no regular expression (RE2): ${(error as Error).message}`;
  }
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const spanForm = /^([0-9]{1,6})([mhdw])$/;
const aSpan = (value: unknown): string =>
  typeof value === 'string' && spanForm.test(value) ? '' : 'it takes a time such as 90m, 12h, 30d or 8w';

function nanoseconds(span: unknown): string {
  const [, count = '0', unit = 'd'] = spanForm.exec(String(span)) ?? [];
  return String(BigInt(count) * BigInt(unitMs[unit] ?? 0) * 1_000_000n);
}

/** In Rego, values of different types compare by their types: a text is greater than every number. */
const compared =
  (sign: string): Operator['rego'] =>
  (ref, value, operand) =>
    `${typeof operand === 'number' ? 'is_number' : 'is_string'}(${ref}); ${ref} ${sign} ${value}`;

const age =
  (sign: string): Operator['rego'] =>
  (ref, _, span) =>
    `time.parse_rfc3339_ns(input.context.now) - time.parse_rfc3339_ns(${ref}) ${sign} ${nanoseconds(span)}`;

const equals: Operator = { check: aScalar, rego: (ref, value) => `${ref} == ${value}` };
const isIn: Operator = { check: aList, rego: (ref, value) => `${ref} in ${value}` };
const contains: Operator = { check: aScalar, rego: (ref, value) => `field_contains(${ref}, ${value})` };
const matches: Operator = { check: aPattern, rego: (ref, value) => `regex.match(${value}, ${ref})` };

export const operators: Readonly<Record<string, Operator>> = {
  equals,
  not_equals: { ...equals, negated: true },
  in: isIn,
  not_in: { ...isIn, negated: true },
  contains,
  not_contains: { ...contains, negated: true },
  starts_with: { check: aText, rego: (ref, value) => `startswith(${ref}, ${value})` },
  ends_with: { check: aText, rego: (ref, value) => `endswith(${ref}, ${value})` },
  matches,
  not_matches: { ...matches, negated: true },
  greater_than: { check: ordered, rego: compared('>') },
  at_least: { check: ordered, rego: compared('>=') },
  less_than: { check: ordered, rego: compared('<') },
  at_most: { check: ordered, rego: compared('<=') },
  older_than: { check: aSpan, rego: age('>') },
  younger_than: { check: aSpan, rego: age('<') },
  exists: { check: aFlag, rego: (ref) => `field_exists(${ref})` },
};

/** `exists: false` asks for the opposite. */
export function isNegated(operator: string, operand: unknown): boolean {
  return operators[operator]?.negated === true || (operator === 'exists' && operand === false);
}

/** Functions that the Rego of operators calls. */
export const support = `field_contains(value, wanted) if {
	is_array(value)
	wanted in value
}

field_contains(value, wanted) if {
	is_string(value)
	is_string(wanted)
	contains(value, wanted)
}

field_contains(value, wanted) if {
	is_object(value)
	wanted in object.keys(value)
}

field_exists(value) if not value in {null, ""}
`;
