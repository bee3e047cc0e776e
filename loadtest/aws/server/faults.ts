/** Misbehaviour on demand: rules over account, region and operation, each with a kind of failure. */
import { Dice } from '../world/random.ts';

/**
 * `deny` and `scp` refuse (by identity policy, by service control policy), `throttle` and `error` answer so; `expired` says the
 * credentials are; `region_off` behaves like a region that is not enabled; `page` fails every page after the first; `empty_page`
 * gives an empty page with a token first; `vanish` lists nothing at all and calls it success; `truncate` cuts the connection in the middle of the body; `reset` before any
 * answer; `slow` waits `delayMs`; `html` answers what no AWS service would.
 */
const faultKinds = [
  'deny',
  'scp',
  'throttle',
  'error',
  'expired',
  'region_off',
  'page',
  'empty_page',
  'vanish',
  'truncate',
  'reset',
  'slow',
  'html',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface FaultRule {
  readonly kind: FaultKind;
  readonly account?: string;
  readonly region?: string;
  /** Signing name and the API's operation: `ec2:DescribeInstances`, or `ec2:*`. Not always IAM's name for it. */
  readonly action?: string;
  /** How many calls it strikes before it is over; all when absent. */
  readonly times?: number;
  /** Of each call that matches, 0 to 1; 1 when absent. */
  readonly probability?: number;
  /** For `slow`. */
  readonly delayMs?: number;
}
export interface FaultTarget {
  readonly account: string;
  readonly region: string;
  readonly action: string;
  /** Whether the call carries a token: it asks for a page after the first. */
  readonly continued: boolean;
}

export class Faults {
  #rules: { readonly rule: FaultRule; left: number }[] = [];
  readonly #dice: Dice;

  constructor(rules: readonly FaultRule[] = [], seed = 1) {
    this.#dice = new Dice(seed);
    this.add(rules);
  }

  /** Throws RangeError for a kind that there is not: a fault that never strikes would pass every test. */
  add(rules: readonly FaultRule[]): void {
    checkKinds(rules);
    for (const rule of rules) this.#rules.push({ rule, left: rule.times ?? Number.POSITIVE_INFINITY });
  }

  replace(rules: readonly FaultRule[]): void {
    checkKinds(rules);
    this.clear();
    this.add(rules);
  }

  clear(): void {
    this.#rules = [];
  }

  rules(): FaultRule[] {
    return this.#rules.filter(({ left }) => left > 0).map(({ rule }) => rule);
  }

  /** The rules that strike this call, each counted once. */
  strike(target: FaultTarget): FaultRule[] {
    const struck = this.#rules.filter((held) => {
      if (held.left <= 0 || !matches(held.rule, target)) return false;
      if (held.rule.kind === 'page' && !target.continued) return false;
      return held.rule.probability === undefined || this.#dice.chance(held.rule.probability);
    });
    for (const held of struck) held.left -= 1;
    return struck.map(({ rule }) => rule);
  }

  regionOff(account: string, region: string): boolean {
    return this.#rules.some(
      ({ rule, left }) =>
        left > 0 &&
        rule.kind === 'region_off' &&
        (rule.account ?? account) === account &&
        (rule.region ?? region) === region,
    );
  }
}

function checkKinds(rules: readonly FaultRule[]): void {
  const wrong = rules.find(({ kind }) => !faultKinds.includes(kind));
  if (wrong) throw new RangeError(`no fault ${wrong.kind}; there are ${faultKinds.join(', ')}`);
}

function matches({ account, region, action }: FaultRule, target: FaultTarget): boolean {
  if (account !== undefined && account !== target.account) return false;
  if (region !== undefined && region !== target.region) return false;
  if (action === undefined || action === target.action || action === '*') return true;
  return action.endsWith(':*') && target.action.startsWith(action.slice(0, -1));
}
