/** Which packages a set of policies has, and what its rules are called. */
import type { RegoModule, RegoRule } from './compiler/requests.ts';
import type { RuleInfo } from './policy.contract.ts';

/** A package under `elava.` as it is evaluated. Plain data: it goes to the workers. */
export interface PackageInfo {
  /** `elava.waste` */
  readonly name: string;
  /** `elava/waste` */
  readonly entrypoint: string;
  /** Names in its document that are packages under it. */
  readonly nested: readonly string[];
  /** Rule → title of its annotation. */
  readonly titles: Readonly<Record<string, string>>;
}

const root = 'elava';

/** All packages under `elava.`, by name in order. A file of tests has none. */
export function packagesOf(modules: readonly RegoModule[]): PackageInfo[] {
  const paths = new Map<string, readonly string[]>();
  const titles = new Map<string, Record<string, string>>();
  for (const module of modules) {
    const path = pathOf(module.package);
    if (path[0] !== root || path.length < 2) continue;
    const name = path.join('.');
    paths.set(name, path);
    titles.set(name, { ...titles.get(name), ...titlesOf(module.rules) });
  }
  return [...paths.keys()].sort().map((name) => ({
    name,
    entrypoint: (paths.get(name) ?? []).join('/'),
    nested: [...paths.keys()].filter((other) => other.startsWith(`${name}.`)).map((other) => segmentUnder(other, name)),
    titles: titles.get(name) ?? {},
  }));
}

/** `security` and `elava.security` are the same policy: environments name it the short way. */
export function policyName(name: string): string {
  return name.startsWith(`${root}.`) ? name : `${root}.${name}`;
}

/** One line for each rule that decides; functions are not rules to whoever reads the list. */
export function rulesOf(modules: readonly RegoModule[]): RuleInfo[] {
  const places = modules
    .map((module) => ({ module, name: pathOf(module.package).join('.') }))
    .filter(({ name }) => name.startsWith(`${root}.`))
    .flatMap(({ module, name }) => module.rules.map((rule) => ({ file: module.file, name, rule })))
    .filter(({ rule }) => rule.kind !== 'function' && !rule.default);
  const found = new Map<string, RuleInfo>();
  for (const { file, name, rule } of places) {
    const key = `${name}.${rule.name}`;
    const known = found.get(key);
    // A rule may be written several times; the first place counts, and the first annotation.
    if (known?.title || known?.description) continue;
    const place = known ?? { package: name, rule: rule.name, file, row: rule.row };
    found.set(key, { ...place, ...wordsOf(rule) });
  }
  return [...found.keys()].sort().map((key) => found.get(key) as RuleInfo);
}

/** `data.elava["team-a"].x` → ["elava", "team-a", "x"]. */
export function pathOf(ref: string): string[] {
  const path: string[] = [];
  for (const [, name, quoted] of ref.matchAll(/(?:^|\.)([A-Za-z_][A-Za-z0-9_]*)|\[("(?:[^"\\]|\\.)*")\]/g)) {
    path.push(name ?? (JSON.parse(quoted ?? '""') as string));
  }
  return path.slice(1);
}

function segmentUnder(other: string, name: string): string {
  return other.slice(name.length + 1).split('.')[0] ?? '';
}

function titlesOf(rules: readonly RegoRule[]): Record<string, string> {
  const titled = rules.map((rule) => [rule.name, wordsOf(rule).title] as const).filter(([, title]) => title !== '');
  // The first annotation of a rule that is written several times names it.
  return Object.fromEntries(titled.reverse());
}

/** Of METADATA annotations; severity is `custom.severity`. */
function wordsOf(rule: RegoRule): Pick<RuleInfo, 'title' | 'description' | 'severity'> {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const annotations = rule.annotations ?? [];
  const first = (key: string): string => annotations.map((one) => text(one[key])).find((word) => word !== '') ?? '';
  const custom = annotations.map((one) => one['custom'] as Record<string, unknown> | undefined);
  const severity = custom.map((one) => text(one?.['severity'])).find((word) => word !== '') ?? '';
  return { title: first('title'), description: first('description'), severity };
}
