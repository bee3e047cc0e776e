/** Which rules of a package speak, what they say and how strongly. */
import { isObject } from '../../lib/is-object.ts';
import type { Exempt } from './exemptions/exempt.ts';
import type { Decision, Effect, ProposedAction } from './policy.contract.ts';
import { effectOf, isDecision } from './precedence.ts';

export interface OutcomeOptions {
  /** Full name of the package, `elava.waste`. */
  readonly policy: string;
  /** Names that the package's document holds beside its rules: packages under it. */
  readonly nested: ReadonlySet<string>;
  /** A warn counts as a flag, and an action needs an approval. */
  readonly strict: boolean;
  /** Title of a rule by its name, for rules that speak without words of their own. */
  readonly titles: Readonly<Record<string, string>>;
  /** Exemptions of the resource; its rules that have one are not heard. */
  readonly exempt?: Exempt | undefined;
}

export interface Failure {
  /** A code of lib/errors.ts. */
  readonly code: string;
  readonly message: string;
}

/** One rule that has something to say. `words` are its messages, or its title when it has none. */
export interface Voice {
  readonly rule: string;
  readonly decision: Decision;
  readonly effect: Effect;
  readonly words: readonly string[];
  readonly actions: readonly ProposedAction[];
}

/** Rules that describe another one's voice and are none themselves. */
const companions = new Set(['reason', 'confidence', 'metadata']);
const named: Readonly<Record<string, Decision>> = { deny: 'deny', require_approval: 'require_approval', flag: 'flag' };
const prefixes: ReadonlyArray<readonly [prefix: string, decision: Decision]> = [
  ['deny_', 'deny'],
  ['flag_', 'flag'],
  // `require_owner` says that the owner is missing.
  ['require_', 'flag'],
];

/** In the order of the rules' names. */
export function voicesOf(document: Record<string, unknown>, options: OutcomeOptions): Voice[] | Failure {
  const voices: Voice[] = [];
  for (const rule of Object.keys(document).sort()) {
    if (companions.has(rule) || options.nested.has(rule)) continue;
    const heard = hear(rule, document[rule], options);
    if (heard === undefined) continue;
    if ('code' in heard) return heard;
    voices.push(heard);
  }
  return voices;
}

function hear(rule: string, value: unknown, options: OutcomeOptions): Voice | Failure | undefined {
  if (rule === 'decision') return hearDecision(value, options);
  if (rule === 'warn' || rule === 'audit') return hearEffect(rule, value, options);
  const decision = decisionOfName(rule);
  const actions = actionsOf(value);
  if (decision === undefined) return actions.length === 0 ? undefined : proposal(rule, actions, options);
  return isSilent(value) ? undefined : voice(rule, decision, value, options);
}

function decisionOfName(rule: string): Decision | undefined {
  return named[rule] ?? prefixes.find(([prefix]) => rule.startsWith(prefix))?.[1];
}

function hearDecision(value: unknown, options: OutcomeOptions): Voice | Failure {
  if (!isDecision(value)) {
    const known = 'allow, deny, require_approval or flag';
    return invalid(options.policy, `decision is ${describe(value)}, not ${known}`);
  }
  return voice('decision', value, true, options);
}

/** `warn` and `audit` have an effect and no decision; a strict environment takes a warning for a flag. */
function hearEffect(rule: 'warn' | 'audit', value: unknown, options: OutcomeOptions): Voice | undefined {
  if (isSilent(value)) return undefined;
  const decision = rule === 'warn' && options.strict ? 'flag' : 'allow';
  return { ...voice(rule, decision, value, options), effect: rule };
}

/** A rule that only proposes: something is to be done, so it is not plain allow. */
function proposal(rule: string, actions: readonly ProposedAction[], options: OutcomeOptions): Voice {
  return voice(rule, options.strict ? 'require_approval' : 'flag', actions, options);
}

function voice(rule: string, decision: Decision, value: unknown, options: OutcomeOptions): Voice {
  const actions = actionsOf(value);
  const held = options.strict && actions.length > 0 && (decision === 'flag' || decision === 'allow');
  const final = held ? 'require_approval' : decision;
  const messages = messagesOf(value);
  const words = messages.length > 0 || final === 'allow' ? messages : [titleOf(rule, final, options)];
  return { rule, decision: final, effect: effectOf(final), words, actions };
}

/** What a rule without words of its own is quoted with. */
function titleOf(rule: string, decision: Decision, { policy, titles }: OutcomeOptions): string {
  const title = titles[rule];
  if (rule === 'decision') return title ?? `${policy} decides ${decision}`;
  return title === undefined ? rule : `${rule}: ${title}`;
}

/** A boolean rule that is false, a set with nothing in it, an empty message. */
function isSilent(value: unknown): boolean {
  if (value === false || value === null || value === '') return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function messagesOf(value: unknown): string[] {
  const messages: string[] = [];
  for (const element of elementsOf(value)) {
    const message = typeof element === 'string' ? element : isObject(element) ? wordsOf(element) : undefined;
    if (typeof message === 'string') messages.push(message);
  }
  return messages;
}

function wordsOf(element: Record<string, unknown>): unknown {
  return element['reason'] ?? element['msg'] ?? element['message'];
}

/** Objects with a type and a reason, wherever a rule yields them: a helper rule may well yield the resource itself. */
function actionsOf(value: unknown): ProposedAction[] {
  return elementsOf(value).filter(
    (element): element is ProposedAction =>
      isObject(element) && typeof element['type'] === 'string' && typeof element['reason'] === 'string',
  );
}

export function invalid(policy: string, message: string): Failure {
  return { code: 'POLICY_RESULT', message: `${policy}: ${message}` };
}

/** A value in an error message: short, whatever a policy made of it. */
export function describe(value: unknown): string {
  const text = value === undefined ? 'undefined' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
