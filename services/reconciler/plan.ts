/** A plan's items: what would be done to what, why, what would break, who must agree, and what holds it. Pure. */
import type { Resource } from '../../lib/resource.ts';
import type { StoredResource } from '../history/history.contract.ts';
import { isDelayed, type Undo } from './action.ts';
import { actions } from './actions/index.ts';
import { neededApprovals } from './approvals.ts';
import { closedBy } from './calendar.ts';
import { inCanary } from './canary.ts';
import type { Candidate } from './candidates.ts';
import { fingerprintOf } from './fingerprint.ts';
import { modeOf } from './modes.ts';
import { protectionsOf } from './protections.ts';
import type { Item, Reference } from './reconciler.schema.ts';
import type { ReconcilerSettings } from './settings.ts';

/** What is known of the resources of a plan, by id. */
export interface Facts {
  readonly now: number;
  readonly resources: ReadonlyMap<string, StoredResource>;
  readonly referrers: ReadonlyMap<string, readonly Reference[]>;
  /** The newest change that is not Elava's own mark: when, and who. */
  readonly changed: ReadonlyMap<string, { readonly at: number; readonly by: string }>;
  /** Fields that move by themselves, by type. */
  readonly volatile: ReadonlyMap<string, readonly string[]>;
  /** Policies that were stopped, and why; "" stands for all. */
  readonly stopped: ReadonlyMap<string, string>;
}

export function fingerprintIn(facts: Facts, resource: Resource): string {
  return fingerprintOf(resource, { volatile: facts.volatile.get(resource.type) ?? [] });
}

interface Planned {
  readonly facts: Facts;
  readonly settings: ReconcilerSettings;
}

/** Undefined when the resource is gone, or already as it should be. */
export function itemOf(
  candidate: Candidate,
  place: { readonly plan: string; readonly id: string },
  planned: Planned,
): Item | undefined {
  const { action, params, reason, evaluation } = candidate;
  const resource = planned.facts.resources.get(candidate.resourceId);
  if (!resource || action.check(resource, params) !== undefined) return undefined;
  const { account, region, type, name } = resource;
  const item: Item = {
    ...place,
    resource_id: resource.id,
    account,
    region,
    type,
    name,
    environment: evaluation.environment,
    owner: ownerOf(resource, planned.settings.ownerTags),
    action: action.type,
    params,
    cost: action.cost,
    steps: action.steps.map((step) => step.name),
    delayed: isDelayed(action),
    would: action.would(resource, params),
    undo: undoText(action.inverse?.(resource, params), resource),
    reason,
    ...evidenceOf(candidate, resource, planned),
    held: '',
  };
  return { ...item, held: holdOf(item, planned.facts, planned.settings) ?? '' };
}

/** What the decision rests on, and what follows from it. */
function evidenceOf({ action, evaluation }: Candidate, resource: StoredResource, { facts, settings }: Planned) {
  const { environment, policy_name: policy, result, bundle } = evaluation;
  const { account, id, revision } = resource;
  const weighed = {
    cost: action.cost,
    environment,
    decision: result.decision,
    strict: settings.strict.has(environment),
  };
  return {
    policy,
    rules: result.policies,
    decision: result.decision,
    bundle,
    revision,
    fingerprint: fingerprintIn(facts, resource),
    breaks: [...(facts.referrers.get(id) ?? [])].slice(0, MOST_BREAKS),
    changed_by: facts.changed.get(id)?.by ?? '',
    mode: modeOf({ policy, environment, account }, settings.modes, settings.mode),
    needs: neededApprovals(weighed, settings.approval.recoverable),
  };
}

/** References of one resource that a plan shows. */
const MOST_BREAKS = 100;

/** What puts it back, in words. */
export function undoText(inverse: Undo | undefined, resource: Resource): string {
  return inverse ? (actions.get(inverse.action)?.would(resource, inverse.params) ?? '') : '';
}

/** What keeps an item from being done now, brakes aside, which are counted over all of them. */
export function holdOf(item: Item, facts: Facts, settings: ReconcilerSettings): string | undefined {
  const { policy, environment, account, cost } = item;
  // A policy that was halted is no reason to leave what it did as it is.
  const stopped = facts.stopped.get('') ?? (item.undoes === undefined ? facts.stopped.get(policy) : undefined);
  if (stopped !== undefined) return `actions are stopped: ${stopped}`;
  const mode = modeOf({ policy, environment, account }, settings.modes, settings.mode);
  if (mode !== 'enforce') return `the mode is ${mode}: nothing is done`;
  const protection = protectionOf(item, facts, settings);
  if (protection !== undefined) return `it is protected: ${protection}`;
  return outsideCanary(item, settings) ?? (cost === 'reversible' ? undefined : closedBy(facts.now, settings.calendar));
}

/** Whoever undoes puts back what was there: of all protections only a blessing speaks against that. */
function protectionOf(item: Item, facts: Facts, { protect }: ReconcilerSettings): string | undefined {
  const { resource_id: id, environment, cost, undoes } = item;
  const subject = {
    tags: facts.resources.get(id)?.tags ?? {},
    environment,
    changedAt: facts.changed.get(id)?.at ?? 0,
    referrers: (facts.referrers.get(id) ?? []).map((one) => one.id),
  };
  const kinds = undoes === undefined ? protect.kinds : ['blessed'];
  return protectionsOf(subject, { kinds, quietMs: protect.quiet, now: facts.now, cost })[0];
}

function outsideCanary({ policy, resource_id, undoes }: Item, { canary }: ReconcilerSettings): string | undefined {
  const whole = canary.full.includes(policy) || canary.full.includes(policy.replace(/^elava\./, ''));
  if (undoes !== undefined || whole || inCanary(policy, resource_id, canary.share)) return undefined;
  const percent = Math.round(canary.share * 1000) / 10;
  return `${policy} acts on ${percent} % of resources so far (reconciler.canary), and this is none of them`;
}

function ownerOf({ tags }: Pick<Resource, 'tags'>, ownerTags: readonly string[]): string {
  return ownerTags.map((tag) => tags[tag]).find((owner) => owner !== undefined && owner !== '') ?? '';
}
