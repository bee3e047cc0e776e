/** From what policies said to actions that could be done. What is no known action goes no further. Pure. */
import type { Evaluation } from '../history/history.contract.ts';
import type { Action } from './action.ts';
import { actions, isolatingAction } from './actions/index.ts';
import { canonicalJson } from './fingerprint.ts';
import type { ActionParams, Refused } from './reconciler.schema.ts';

export interface Candidate {
  readonly resourceId: string;
  readonly action: Action;
  readonly params: ActionParams;
  readonly reason: string;
  /** The strongest that proposes it. */
  readonly evaluation: Evaluation;
}
export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly refused: readonly Refused[];
}

const strength = ['deny', 'require_approval', 'flag', 'allow'];

/** All evaluations of the resources in question: one that failed silences what the others propose. */
export function candidatesOf(evaluations: readonly Evaluation[]): Candidates {
  const candidates: Candidate[] = [];
  const refused: Refused[] = [];
  for (const [resourceId, own] of Map.groupBy(evaluations, ({ resource_id }) => resource_id)) {
    const failed = own.find(({ error }) => error !== '');
    const proposed = own.flatMap(proposalsOf);
    if (failed) {
      const reason = `${failed.policy_name} failed (${failed.error}), so that nothing is done`;
      refused.push(...proposed.map(({ type }) => ({ resource_id: resourceId, action: type, reason })));
      continue;
    }
    for (const one of unique(proposed).map((proposal) => readProposal(resourceId, proposal))) {
      if ('params' in one) candidates.push(one);
      else refused.push(one);
    }
  }
  return { candidates, refused };
}

interface Proposal {
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly evaluation: Evaluation;
}

/** A denial that proposes nothing isolates what it denies. */
function proposalsOf(evaluation: Evaluation): Proposal[] {
  const { result, type } = evaluation;
  const proposed = result.actions.map((action) => {
    const { type: name, reason, ...body } = action;
    return { type: String(name), body, reason: typeof reason === 'string' ? reason : result.reason, evaluation };
  });
  if (result.decision !== 'deny' || proposed.length > 0) return proposed;
  return [{ type: isolatingAction(type), body: {}, reason: result.reason, evaluation }];
}

/** The same action of two policies is done once, for the one that decides more strongly. */
function unique(proposals: readonly Proposal[]): Proposal[] {
  const byWhat = Map.groupBy(proposals, ({ type, body }) => `${type} ${canonicalJson(body)}`);
  return [...byWhat.values()].flatMap((same) => [...same].sort(byStrength)[0] ?? []);
}

function byStrength(a: Proposal, b: Proposal): number {
  const rank = ({ evaluation }: Proposal): number => strength.indexOf(evaluation.result.decision);
  return rank(a) - rank(b) || (a.evaluation.policy_name < b.evaluation.policy_name ? -1 : 1);
}

function readProposal(resourceId: string, { type, body, reason, evaluation }: Proposal): Candidate | Refused {
  const refuse = (why: string): Refused => ({ resource_id: resourceId, action: type, reason: why });
  const action = actions.get(type);
  if (!action) return refuse('there is no such action');
  if (!action.proposable) return refuse('no policy may ask for it');
  if (action.resources.length > 0 && !action.resources.includes(evaluation.type)) {
    return refuse(`it is not for ${evaluation.type}`);
  }
  const params = action.params(body);
  return typeof params === 'string' ? refuse(params) : { resourceId, action, params, reason, evaluation };
}

/** Whether the policy still asks for exactly this. */
export function stillAsked(
  evaluations: readonly Evaluation[],
  wanted: { action: string; params: ActionParams },
): boolean {
  const text = canonicalJson(wanted.params);
  return candidatesOf(evaluations).candidates.some(
    ({ action, params }) => action.type === wanted.action && canonicalJson(params) === text,
  );
}
