import { stringify } from 'yaml';
import { ConfigSchema } from '../../lib/config/schema.ts';
import { type Kind, knownPaths, type Setting, settings } from '../../lib/config/settings.ts';
import { code, jsonText, markdownHead, type Output, table, yamlHead } from './output.ts';

const source = 'lib/config/schema.ts';

/** docs/config.md, the commented example and the JSON Schema for editors. */
export function configDocs(): Output[] {
  return [
    { path: 'docs/config.md', text: reference() },
    { path: 'docs/elava.example.yaml', text: example() },
    { path: 'docs/elava.schema.json', text: editorSchema() },
  ];
}

/** What a setting takes, in words. */
function takes(kind: Kind): string {
  if (kind.anyOf)
    return kind.anyOf
      .map((literal) => literal.const)
      .join(' \\| ')
      .replaceAll('\\|', '|');
  if (kind['x-duration']) return 'duration';
  if (kind.items) return kind.items.properties ? `list of {${Object.keys(kind.items.properties).join(', ')}}` : 'list';
  if (kind.patternProperties) return `named {${Object.keys(entryOf(kind)).join(', ')}}`;
  if (kind.type === 'integer' || kind.type === 'number') return `${kind.minimum} to ${kind.maximum}`;
  return kind.type === 'boolean' ? 'true | false' : 'text';
}

function entryOf(kind: Kind): Readonly<Record<string, Kind>> {
  return Object.values(kind.patternProperties ?? {})[0]?.properties ?? {};
}

function reference(): string {
  const rows = settings.map(({ path, kind, env }) => [
    code(path),
    takes(kind),
    kind.patternProperties ? 'see the example' : code(JSON.stringify(kind.default)),
    env.map(code).join(' '),
    kind.description ?? '',
  ]);
  const nested = settings.filter(({ kind }) => Object.keys(fieldsOf(kind)).length > 0).map(fieldTable);
  return `${markdownHead(source)}
# Configuration

A flag wins over an environment variable, that over the file, that over the default. The file is \`elava.yaml\` in the
working directory, or what \`ELAVA_CONFIG\` or \`--config\` names; [elava.example.yaml](elava.example.yaml) has every
setting, and [elava.schema.json](elava.schema.json) lets an editor check it. An unknown key is an error that names the
nearest known one. \`elava config\` prints each value and where it came from.

- A **duration** is a number with \`ms\`, \`s\`, \`m\`, \`h\`, \`d\` or \`w\`: \`30d\`, \`15m\`. Zero is refused.
- In an environment variable a list is written with commas, and what has structure as JSON. An empty variable counts as unset.
- \`policy\` is another name of the section \`policies\`, and \`policy.bundle_path\` of \`policies.path\`: two names with
  two values are an error.

${table(['setting', 'takes', 'default', 'environment', 'meaning'], rows)}
${nested.join('\n')}`;
}

function fieldsOf(kind: Kind): Readonly<Record<string, Kind>> {
  return kind.items?.properties ?? entryOf(kind);
}

function fieldTable({ path, kind }: Setting): string {
  const rows = Object.entries(fieldsOf(kind)).map(([name, field]) => [
    code(name),
    takes(field),
    code(JSON.stringify(field.default)),
    field.description ?? '',
  ]);
  return `## Each of \`${path}\`\n\n${table(['field', 'takes', 'default', 'meaning'], rows)}`;
}

/** Every setting with its default, commented by its text; loading it changes nothing. */
function example(): string {
  return `${yamlHead(source)}# yaml-language-server: $schema=./elava.schema.json\n${section(ConfigSchema as unknown as Kind, '')}`;
}

function section(kind: Kind, indent: string): string {
  return Object.entries(kind.properties ?? {})
    .map(([key, inner]) => {
      if (inner.properties) return `${indent ? '' : '\n'}${indent}${key}:\n${section(inner, `${indent}  `)}`;
      const value = stringify({ [key]: inner.default }, { lineWidth: 0 })
        .trimEnd()
        .split('\n');
      const lines = [`# ${inner.description}${choices(inner)}`, ...value];
      return `${indent ? '' : '\n'}${lines.map((line) => indent + line).join('\n')}\n`;
    })
    .join('');
}

function choices(kind: Kind): string {
  return kind.anyOf || kind.minimum !== undefined ? ` (${takes(kind)})` : '';
}

/** For editors nothing is required, and the second names are known too. */
function editorSchema(): string {
  const optional = JSON.parse(
    JSON.stringify(ConfigSchema, (key, value: unknown) => (key === 'required' ? undefined : value)),
  ) as { properties: Record<string, { properties: Record<string, unknown> }> };
  const policies = optional.properties['policies'];
  if (policies && knownPaths.includes('policy.bundle_path')) {
    const path = policies.properties['path'];
    optional.properties['policy'] = { ...policies, properties: { ...policies.properties, bundle_path: path } };
  }
  const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'elava.yaml', ...optional };
  return jsonText(source, schema);
}
