/** Decodes the form bodies of ec2Query and awsQuery: `Filter.1.Value.2=x`. */
import type { NormalizedSchema } from '@smithy/core/schema';
import { readText } from './strings.ts';

/** A form as a tree of its dotted names. A name with a value and with children keeps the value under "". */
export interface FormNode {
  [segment: string]: string | FormNode;
}

/** `a.b=1&a.c=2` → `{a: {b: '1', c: '2'}}`. Objects have no prototype, so no name is special. */
export function parseForm(body: string): FormNode {
  const root = node();
  for (const [name, value] of new URLSearchParams(body)) {
    const path = name.split('.');
    const last = path.pop() ?? '';
    let at = root;
    for (const segment of path) at = child(at, segment);
    const there = at[last];
    if (typeof there === 'object') there[''] = value;
    else at[last] = value;
  }
  return root;
}

/** Reads an operation's input. `ec2` selects ec2Query's names and flat lists. */
export function readForm(schema: NormalizedSchema, form: string | FormNode, ec2: boolean): unknown {
  if (schema.isStructSchema()) return readStruct(schema, form, ec2);
  if (schema.isListSchema()) return readList(schema, form, ec2);
  if (schema.isMapSchema()) return readMap(schema, form, ec2);
  const text = typeof form === 'object' ? form[''] : form;
  return readText(schema, typeof text === 'string' ? text : '');
}

function readStruct(schema: NormalizedSchema, form: string | FormNode, ec2: boolean): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  if (typeof form !== 'object') return out;
  for (const [name, member] of schema.structIterator()) {
    const found = form[memberKey(name, member, ec2)];
    if (found !== undefined) out[name] = readForm(member, found, ec2);
  }
  return out;
}

/** ec2Query capitalises what has no name of its own (smithy.io, ec2Query: query key resolution). */
function memberKey(name: string, member: NormalizedSchema, ec2: boolean): string {
  const traits = member.getMergedTraits();
  const key = traits.xmlName ?? name;
  if (!ec2) return key;
  return typeof traits.ec2QueryName === 'string' ? traits.ec2QueryName : key.charAt(0).toUpperCase() + key.slice(1);
}

function readList(schema: NormalizedSchema, form: string | FormNode, ec2: boolean): unknown[] {
  if (typeof form !== 'object') return [];
  const member = schema.getValueSchema();
  const flat = ec2 || schema.getMergedTraits().xmlFlattened;
  const items = flat ? form : form[member.getMergedTraits().xmlName ?? 'member'];
  return byIndex(items).map((item) => readForm(member, item, ec2));
}

function readMap(schema: NormalizedSchema, form: string | FormNode, ec2: boolean): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  if (typeof form !== 'object') return out;
  const value = schema.getValueSchema();
  const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? 'key';
  const valueName = value.getMergedTraits().xmlName ?? 'value';
  for (const entry of byIndex(schema.getMergedTraits().xmlFlattened ? form : form.entry)) {
    if (typeof entry !== 'object') continue;
    const key = entry[keyName];
    const found = entry[valueName];
    if (typeof key === 'string' && found !== undefined) out[key] = readForm(value, found, ec2);
  }
  return out;
}

function byIndex(items: string | FormNode | undefined): (string | FormNode)[] {
  if (typeof items !== 'object') return [];
  const indexed = Object.entries(items).filter(([index]) => index !== '');
  return indexed.sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => item);
}

function node(): FormNode {
  return Object.create(null) as FormNode;
}

function child(at: FormNode, segment: string): FormNode {
  const there = at[segment];
  if (typeof there === 'object') return there;
  const made = node();
  if (there !== undefined) made[''] = there;
  at[segment] = made;
  return made;
}
