/** A JSON Schema as a TypeScript-like text, short enough for a table cell. */
interface Node {
  readonly type?: string;
  readonly const?: unknown;
  readonly title?: string;
  readonly anyOf?: readonly Node[];
  readonly allOf?: readonly Node[];
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Node>>;
}

/** `{a: string, b?: integer[]}`; objects below `depth` are "{…}". */
export function schemaText(schema: object, depth = 2): string {
  const node = schema as Node;
  if (node.const !== undefined) return JSON.stringify(node.const).replaceAll('"', "'");
  if (node.anyOf) return [...new Set(node.anyOf.map((one) => schemaText(one, depth)))].join(' | ');
  if (node.allOf) return node.allOf.map((one) => schemaText(one, depth)).join(' & ');
  if (node.items) return listText(schemaText(node.items, depth));
  return node.properties || node.patternProperties ? objectText(node, depth) : (node.type ?? 'any');
}

function listText(item: string): string {
  return /[ |&]/.test(item) && !item.startsWith('{') ? `(${item})[]` : `${item}[]`;
}

function objectText({ properties = {}, required = [], patternProperties = {} }: Node, depth: number): string {
  const named = Object.entries(properties).map(([key, value]): [string, Node] => [
    `${key}${required.includes(key) ? '' : '?'}`,
    value,
  ]);
  const open = Object.values(patternProperties).map((value): [string, Node] => ['[name]', value]);
  const fields = [...named, ...open];
  if (fields.length === 0) return '{}';
  if (depth === 0) return '{…}';
  return `{${fields.map(([key, value]) => `${key}: ${schemaText(value, depth - 1)}`).join(', ')}}`;
}
