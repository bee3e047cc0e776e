/** What decisions lead to, by policy × environment × account. Pure. */
export type Mode = 'monitor' | 'notify' | 'enforce';

export interface ModeRule {
  /** Packages, accounts and environments that it is for; none: all. */
  readonly policies: readonly string[];
  readonly environments: readonly string[];
  readonly accounts: readonly string[];
  readonly mode: Mode;
}
export interface Place {
  readonly policy: string;
  readonly environment: string;
  readonly account: string;
}

/** The mode of the first rule that fits; rules are read as an order, so that an exception stands before what it excepts. */
export function modeOf(place: Place, rules: readonly ModeRule[], otherwise: Mode): Mode {
  return rules.find((rule) => fits(rule, place))?.mode ?? otherwise;
}

function fits({ policies, environments, accounts }: ModeRule, { policy, environment, account }: Place): boolean {
  const among = (names: readonly string[], name: string): boolean => names.length === 0 || names.includes(name);
  // `tagging` and `elava.tagging` are the same package, as everywhere in the configuration.
  const named = among(policies, policy) || among(policies, policy.replace(/^elava\./, ''));
  return named && among(environments, environment) && among(accounts, account);
}
