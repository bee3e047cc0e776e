/** The settings of the schema as a list, with every name that each goes by. */
import { ConfigSchema } from './schema.ts';

/** The parts of JSON Schema that lib/config/kinds.ts makes. */
export interface Kind {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Kind>>;
  readonly patternProperties?: Readonly<Record<string, Kind>>;
  readonly items?: Kind;
  readonly anyOf?: readonly { readonly const: string }[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly 'x-duration'?: true;
  readonly 'x-secret'?: true;
  readonly 'x-keep'?: true;
}

export interface Setting {
  /** Dotted: "storage.path". */
  readonly path: string;
  readonly kind: Kind;
  /** Its environment names; the first is derived from the path, the others are those of seed documents. */
  readonly env: readonly string[];
}

/** The names of the edge enforcer, as its users have them in their manifests. */
const edgeNames: Readonly<Record<string, string>> = {
  'gateway.host': 'ENFORCER_HOST',
  'gateway.port': 'ENFORCER_PORT',
  'tenants.path': 'BUNDLES_DIR',
  'policies.hot_reload': 'ENABLE_HOT_RELOAD',
  'log.level': 'LOG_LEVEL',
};

/** `policy` is another name of the section `policies`, and `bundle_path` in it of `path`. */
export function canonicalPath(path: string): string {
  return path.replace(/^policy(?=\.|$)/, 'policies').replace(/^policies\.bundle_path$/, 'policies.path');
}

export const settings: readonly Setting[] = leaves(ConfigSchema as unknown as Kind, '');

const byPath = new Map(settings.map((setting) => [setting.path, setting]));

/** The setting at a dotted path, under any of its names. */
export function settingAt(path: string): Setting | undefined {
  return byPath.get(canonicalPath(path));
}

/** True for a path that holds settings without being one: "storage". */
export function isSection(path: string): boolean {
  const inside = `${canonicalPath(path)}.`;
  return settings.some((setting) => setting.path.startsWith(inside));
}

/** Every dotted name that a file may use for a setting or a section, aliases included. */
export const knownPaths: readonly string[] = [
  ...new Set([...byPath.keys()].flatMap((path) => [...sectionsOf(path), path])),
].flatMap((path) => [path, ...aliasesOf(path)]);

function sectionsOf(path: string): string[] {
  const parts = path.split('.');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('.'));
}

function aliasesOf(path: string): string[] {
  const alias = path.replace(/^policies(?=\.|$)/, 'policy');
  if (alias === path) return [];
  return path === 'policies.path' ? [alias, 'policy.bundle_path'] : [alias];
}

function leaves(kind: Kind, path: string): Setting[] {
  if (!kind.properties) return [{ path, kind, env: envNames(path) }];
  return Object.entries(kind.properties).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}

function envNames(path: string): string[] {
  const edge = edgeNames[path];
  return [...[path, ...aliasesOf(path)].map(envName), ...(edge ? [edge] : [])];
}

function envName(path: string): string {
  return `ELAVA_${path.toUpperCase().replaceAll('.', '_')}`;
}
