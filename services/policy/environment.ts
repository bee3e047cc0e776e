/** Which environment a resource belongs to, and what that means for judging. Pure. */

export interface EnvironmentRules {
  /** Full names of the packages that judge it, `elava.security`. */
  readonly policies: readonly string[];
  readonly strict: boolean;
}

export interface EnvironmentSettings {
  readonly environments: Readonly<Record<string, EnvironmentRules>>;
  /** Environment of an account whose resources' tags do not tell. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Names of tags that tell; the first one with a value counts. */
  readonly tags: readonly string[];
}

const defaultEnvironment = 'default';

/** What people write for the three environments that ship. */
const aliases: Readonly<Record<string, string>> = {
  production: 'prod',
  prd: 'prod',
  stage: 'staging',
  stg: 'staging',
  development: 'dev',
  develop: 'dev',
  devel: 'dev',
};

/** The configured environment that `name` means: itself, or what it is short or long for; else `default`. */
export function normalEnvironment(name: string, settings: EnvironmentSettings): string {
  const lower = name.trim().toLowerCase();
  if (Object.hasOwn(settings.environments, lower)) return lower;
  const meant = Object.hasOwn(aliases, lower) ? (aliases[lower] ?? '') : '';
  return Object.hasOwn(settings.environments, meant) ? meant : defaultEnvironment;
}

/** Its tags tell, else its account. */
export function environmentOf(
  resource: { readonly account: string; readonly tags: Readonly<Record<string, string>> },
  settings: EnvironmentSettings,
): string {
  const telling = settings.tags.find((tag) => Object.hasOwn(resource.tags, tag) && resource.tags[tag]);
  const tagged = telling === undefined ? '' : resource.tags[telling];
  const account = Object.hasOwn(settings.accounts, resource.account) ? settings.accounts[resource.account] : '';
  return normalEnvironment(tagged || account || defaultEnvironment, settings);
}

/** An environment without rules of its own has those of `default`. */
export function rulesFor(environment: string, settings: EnvironmentSettings): EnvironmentRules {
  const none: EnvironmentRules = { policies: [], strict: false };
  const rules = Object.hasOwn(settings.environments, environment) ? settings.environments[environment] : undefined;
  return rules ?? settings.environments[defaultEnvironment] ?? none;
}
