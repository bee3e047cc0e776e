/** What a rule policy says once it was read (docs/policies.md, "Rule policies"). */
import type { Effect } from '../policy.contract.ts';

/** From 1. */
export interface Place {
  readonly row: number;
  readonly col: number;
}

/** A name, an index, or `*` for any element. */
export type Step = string | number | typeof anyElement;
export const anyElement = Symbol('any element');
export type Path = readonly Step[];

export interface Comparison extends Place {
  readonly kind: 'comparison';
  readonly path: Path;
  readonly operator: string;
  readonly value: unknown;
}
export interface Group extends Place {
  readonly kind: 'all' | 'any' | 'not';
  readonly conditions: readonly Condition[];
}
export type Condition = Comparison | Group;

export interface RulePolicyRule extends Place {
  readonly name: string;
  readonly priority: number;
  readonly effect: Effect;
  /** With `{path}` where a value of the input is to stand; "" for none. */
  readonly reason: string;
  readonly severity: string;
  /** None: it always matches. */
  readonly when: Condition | undefined;
}

export interface RulePolicy extends Place {
  readonly file: string;
  /** `elava.rules` */
  readonly package: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly priority: number;
  /** What the package does where no rule of any of its policies matches; undefined when this file does not say. */
  readonly defaultEffect: Effect | undefined;
  readonly rules: readonly RulePolicyRule[];
}
