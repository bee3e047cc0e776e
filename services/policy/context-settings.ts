/** What the configuration says of a resource by its account, environment, owner and team (DESIGN: policy contract). Pure. */
import type { Config } from '../../lib/config/schema.ts';
import type { Resource } from '../../lib/resource.ts';

/** A rule given as data; `policies/compliance` reads it. */
export interface ComplianceRule {
  readonly id: string;
  readonly types: readonly string[];
  readonly regions: readonly string[];
  /** Fields of the resource and the values that they must have. */
  readonly require: Readonly<Record<string, unknown>>;
  readonly decision: string;
}
export interface CostBudget {
  readonly limit: number;
  readonly spent: number;
}

/** For the resources that all four name; an empty list is for all. */
export interface ContextEntry {
  readonly accounts: readonly string[];
  readonly environments: readonly string[];
  readonly owners: readonly string[];
  readonly teams: readonly string[];
  readonly teamPolicies: readonly string[];
  readonly costBudget: CostBudget | undefined;
  readonly complianceRules: readonly ComplianceRule[];
}
export interface ContextSettings {
  readonly entries: readonly ContextEntry[];
  /** Tags that name an owner; the first with a value counts. */
  readonly ownerTags: readonly string[];
}

export function contextSettings({ policies, tags }: Pick<Config, 'policies' | 'tags'>): ContextSettings {
  const entries = policies.context.map((entry): ContextEntry => {
    const { accounts, environments, owners, teams, team_policies, cost_budget, compliance_rules } = entry;
    return {
      accounts,
      environments,
      owners,
      teams,
      teamPolicies: team_policies,
      // A budget of nothing is none: nobody has asked for one.
      costBudget: cost_budget.limit > 0 ? cost_budget : undefined,
      complianceRules: compliance_rules.map((rule) => ({ ...rule, require: requirements(rule.require) })),
    };
  });
  return { entries, ownerTags: tags.owner };
}

/** `encrypted=true` → {encrypted: true}. What is no JSON is a text. */
function requirements(texts: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      const value = text.slice(at + 1);
      return [text.slice(0, at), /^(true|false|null|-?[0-9]+(\.[0-9]+)?)$/.test(value) ? JSON.parse(value) : value];
    }),
  );
}

export interface GivenContext {
  readonly owner: string;
  readonly team_policies: readonly string[];
  readonly cost_budget?: CostBudget;
  readonly compliance_rules: readonly ComplianceRule[];
}

const nothing: readonly never[] = [];

/** All entries that fit add up; of budgets the last one counts. */
export function givenContext(
  { account, tags }: Pick<Resource, 'account' | 'tags'>,
  environment: string,
  settings: ContextSettings | undefined,
): GivenContext {
  const own = (names: readonly string[]): string => {
    for (const name of names) if (tags[name]) return tags[name];
    return '';
  };
  const owner = own(settings?.ownerTags ?? []);
  if (!settings || settings.entries.length === 0) return { owner, team_policies: nothing, compliance_rules: nothing };
  const team = own(['team', 'Team']);
  const fits = (names: readonly string[], name: string): boolean => names.length === 0 || names.includes(name);
  const fitting = settings.entries.filter(
    (entry) =>
      fits(entry.accounts, account) &&
      fits(entry.environments, environment) &&
      fits(entry.owners, owner) &&
      fits(entry.teams, team),
  );
  const budget = fitting.findLast(({ costBudget }) => costBudget)?.costBudget;
  return {
    owner,
    team_policies: [...new Set(fitting.flatMap(({ teamPolicies }) => teamPolicies))],
    ...(budget && { cost_budget: budget }),
    compliance_rules: fitting.flatMap(({ complianceRules }) => complianceRules),
  };
}
