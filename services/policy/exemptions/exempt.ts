/** Which exemption a rule that spoke of a resource has. Pure. */
import type { Exemption } from '../../history/history.contract.ts';
import { policyName } from '../packages.ts';

/** Ids of the exemptions that a rule, by its full name, has for one resource. */
export type Exempt = (rule: string) => readonly string[];

interface Scope {
  readonly id: string;
  readonly expires: number;
  readonly resource: RegExp;
  readonly rule: RegExp;
}

/** Prepared once for many resources. `at` is the instant as of which is judged, ISO 8601: later ends count. */
export function exemptor(exemptions: readonly Exemption[], at: string): (resource: string) => Exempt | undefined {
  const now = Date.parse(at);
  const scopes = exemptions.map(scopeOf).filter(({ expires }) => expires > now);
  return (resource) => {
    const own = scopes.filter((scope) => scope.resource.test(resource));
    if (own.length === 0) return undefined;
    return (rule) => own.filter((scope) => scope.rule.test(rule)).map(({ id }) => id);
  };
}

function scopeOf({ id, expires_at, resource, rule }: Exemption): Scope {
  const name = rule === '*' ? '*' : policyName(rule);
  return {
    id,
    expires: Date.parse(expires_at),
    resource: new RegExp(`^${pattern(resource)}$`),
    // A package is all of its rules, and those of the packages under it.
    rule: new RegExp(`^${pattern(name)}(\\..*)?$`),
  };
}

/** Several stars in a row are one: each alone would be tried against every split of the text. */
function pattern(text: string): string {
  return text
    .split(/\*+/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
}

/** `soon`: it ends within the given time. `unneeded`: nothing that was judged since it was made needed it. */
export type ExemptionState = 'active' | 'soon' | 'expired' | 'unneeded';

export interface StateOptions {
  readonly now: number;
  /** Milliseconds. */
  readonly soonMs: number;
  /** How long it may take until everything was judged again, milliseconds. */
  readonly judgedMs: number;
}

export function stateOf(
  { expires_at, created_at, used }: Exemption & { readonly used: number },
  { now, soonMs, judgedMs }: StateOptions,
): ExemptionState {
  const expires = Date.parse(expires_at);
  if (expires <= now) return 'expired';
  if (used === 0 && now - Date.parse(created_at) > judgedMs) return 'unneeded';
  return expires - now <= soonMs ? 'soon' : 'active';
}
