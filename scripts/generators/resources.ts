import { awsTypes } from '../../services/scanner/aws/resources/index.ts';
import { code, markdownHead, type Output, table } from './output.ts';

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly anyOf?: readonly Node[];
  readonly const?: unknown;
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
}
type Type = typeof awsTypes extends ReadonlyMap<string, infer T> ? T : never;

/** docs/resources.md: every type with its fields and permissions, in the order of their names. */
export function resourceDocs(): Output[] {
  const types = [...awsTypes.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
  const rows = types.map(({ type, title, service, global, shallow = false }) => [
    `[${code(type)}](#${type})`,
    title,
    service,
    global ? 'once an account' : 'each region',
    shallow ? 'shallow' : '',
  ]);
  const text = `${markdownHead('services/scanner/aws/resources')}
# Resource types

What a scan reads of AWS: ${types.length} types. Every resource has \`id\` (its ARN), \`provider\`, \`account\`, \`region\`, \`type\`, \`name\`, \`status\` (the
API's own word, "" where it has none), every one of its \`tags\`, \`created_at\` ("" where the API does not tell), \`refs\` (ids of what it
refers to) and \`metadata\`: the rest of the API's answer, in which the fields below stand again. A field that could not be read keeps
the value that it had, and is absent where it had none.

\`provider_owned\` is true for what AWS makes by itself (default networks, its own keys, service-linked roles): no shipped policy finds
fault with it.

${table(['type', 'what it is', 'service', 'read', ''], rows)}
${types.map(section).join('\n')}`;
  return [{ path: 'docs/resources.md', text }];
}

function section({ type, title, fields, actions, volatile = {}, joins = [] }: Type): string {
  const rows = Object.entries<Node>(fields.properties).map(([name, node]) => [
    code(name),
    shapeOf(node),
    [node.description ?? node.items?.description ?? '', name in volatile ? 'No change by itself.' : '']
      .filter((words) => words !== '')
      .join(' '),
  ]);
  const joined = joins.map(
    ({ field, type: other, take }) =>
      `In a policy's input \`${field}\` has the \`${take}\` of each \`${other}\` that it belongs to.\n\n`,
  );
  return `## ${type}

${title}. Needs ${actions.map(code).join(', ')}.

${joined.join('')}${table(['field', 'shape', 'meaning'], rows)}`;
}

/** `string`, `list of integer`, `{from_port: integer, …}`. */
function shapeOf(node: Node): string {
  if (node.anyOf) return node.anyOf.map(shapeOf).join(' or ');
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.items) return `list of ${shapeOf(node.items)}`;
  if (node.properties) {
    const members = Object.entries(node.properties).map(([name, member]) => `${name}: ${shapeOf(member)}`);
    return code(`{${members.join(', ')}}`);
  }
  return node.type ?? 'any';
}
