/**
 * What a package's document comes to (DESIGN: policy contract). Pure: the same document, name and mode give the same
 * result, byte for byte.
 */
import { isObject } from '../../lib/is-object.ts';
import type { Decision, Effect, PackageResult, PolicyResult, ProposedAction } from './policy.contract.ts';
import { byStrength, effectOf, stronger, strongerEffect } from './precedence.ts';
import { describe, type Failure, invalid, type OutcomeOptions, type Voice, voicesOf } from './voices.ts';

/**
 * Reads the document of one package. A document that says something which the contract does not know fails instead of
 * being taken for silence.
 */
export function outcomeOf(document: unknown, options: OutcomeOptions): PackageResult | Failure {
  if (!isObject(document)) return invalid(options.policy, `its document is ${describe(document)}, not an object`);
  const heard = voicesOf(document, options);
  if ('code' in heard) return heard;
  const confidence = document['confidence'] ?? 1;
  if (!isShare(confidence)) {
    return invalid(options.policy, `confidence is ${describe(confidence)}, not a number from 0 to 1`);
  }
  const { voices, exemption } = withoutExempt(heard, options);
  const decision = voices.map((voice) => voice.decision).reduce(stronger, 'allow');
  const metadata = document['metadata'];
  const result: PolicyResult = {
    decision,
    reason: reasonOf(voices, decision, document['reason']),
    confidence,
    policies: unique(voices.map(({ rule }) => `${options.policy}.${rule}`)),
    metadata: isObject(metadata) ? metadata : {},
    actions: uniqueActions(voices.flatMap(({ actions }) => actions)),
    ...exemption,
  };
  const effect = voices.map((voice) => voice.effect).reduce(strongerEffect, effectOf(decision));
  return { policy: options.policy, result, effect, error: '' };
}

/** Without the rules that are exempt, and what the decision would be with them. */
function withoutExempt(
  heard: readonly Voice[],
  { policy, exempt }: OutcomeOptions,
): { voices: readonly Voice[]; exemption?: Pick<PolicyResult, 'exempt' | 'would'> } {
  const ids = (voice: Voice): readonly string[] => exempt?.(`${policy}.${voice.rule}`) ?? [];
  const applied = unique(heard.flatMap(ids));
  if (applied.length === 0) return { voices: heard };
  const would = heard.map((voice) => voice.decision).reduce(stronger, 'allow');
  return { voices: heard.filter((voice) => ids(voice).length === 0), exemption: { exempt: applied, would } };
}

/** The voice of a policy that could not be heard: never allow, never an action. */
export function failureOf(policy: string, failure: Failure, voice: Exclude<Decision, 'allow'>): PackageResult {
  const result: PolicyResult = {
    decision: voice,
    reason: `${policy} failed: ${failure.message}`,
    confidence: 0,
    policies: [],
    metadata: {},
    actions: [],
  };
  return { policy, result, effect: effectOf(voice), error: failure.code };
}

/**
 * All packages of a resource together: the strongest wins and its words are the reason. When a package failed nothing
 * is proposed: what it would have said of the others' actions is not known.
 */
export function combine(packages: readonly PackageResult[]): {
  result: PolicyResult;
  effect: Effect;
  allowed: boolean;
} {
  const decision = packages.map(({ result }) => result.decision).reduce(stronger, 'allow');
  const leading = packages.filter(({ result }) => result.decision === decision);
  const effect = packages.map((one) => one.effect).reduce(strongerEffect, 'allow');
  const failed = packages.some(({ error }) => error !== '');
  const result: PolicyResult = {
    decision,
    reason: unique(leading.map(({ result: { reason } }) => reason).filter(Boolean)).join('; '),
    confidence: leading.reduce((most, one) => Math.max(most, one.result.confidence), leading.length === 0 ? 1 : 0),
    policies: unique(packages.flatMap(({ result: { policies } }) => policies)),
    metadata: metadataOf(packages),
    actions: failed ? [] : uniqueActions(packages.flatMap(({ result: { actions } }) => actions)),
  };
  return { result, effect, allowed: effect !== 'deny' };
}

/** A stronger package's word replaces a weaker one's under the same key. */
function metadataOf(packages: readonly PackageResult[]): Record<string, unknown> {
  const weakestFirst = [...packages].sort((a, b) => byStrength(a.result.decision, b.result.decision));
  return Object.assign({}, ...weakestFirst.map(({ result }) => result.metadata));
}

/** The words of the voices that decided; `reason` of the package speaks for its `decision`. */
function reasonOf(voices: readonly Voice[], decision: Decision, reason: unknown): string {
  const spoken: string[] = [];
  for (const { rule, words, decision: own } of voices) {
    if (own !== decision) continue;
    if (rule === 'decision' && typeof reason === 'string' && reason !== '') spoken.push(reason);
    else spoken.push(...words);
  }
  return unique(spoken).join('; ');
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function unique(texts: readonly string[]): string[] {
  return texts.length < 2 ? [...texts] : [...new Set(texts)].sort();
}

function uniqueActions(actions: readonly ProposedAction[]): ProposedAction[] {
  if (actions.length === 0) return [];
  const byText = new Map(actions.map((action) => [JSON.stringify(action), action]));
  return [...byText.keys()].sort().map((text) => byText.get(text) as ProposedAction);
}
