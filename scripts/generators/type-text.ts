/** A JSON Schema as TypeScript would write the type. */
export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
}

const plain: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'boolean',
  null: 'null',
  integer: 'number',
  number: 'number',
};

export function typeText(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf) return schema.anyOf.map((one) => typeText(one)).join(' | ');
  if (schema.type === 'array') return `(${typeText(schema.items ?? {})})[]`;
  return schema.type === 'object' ? objectText(schema) : (plain[schema.type ?? ''] ?? 'unknown');
}

function objectText({ properties = {}, patternProperties, required = [], additionalProperties }: Schema): string {
  const [pattern] = Object.values(patternProperties ?? {});
  if (pattern) return `Record<string, ${typeText(pattern)}>`;
  const fields = Object.entries(properties).map(([name, own]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    return `${key}${required.includes(name) ? '' : '?'}: ${typeText(own)}`;
  });
  const known = `{ ${fields.join('; ')} }`;
  if (fields.length === 0) return 'Record<string, unknown>';
  return additionalProperties === true ? `${known} & Record<string, unknown>` : known;
}
