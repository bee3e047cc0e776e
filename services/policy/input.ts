/** Builds the input that policies see (DESIGN: policy contract). Pure: row, settings and instant decide all of it. */
import type { Resource } from '../../lib/resource.ts';
import type { JudgingRow } from '../history/history.contract.ts';
import { type ComplianceRule, type CostBudget, givenContext } from './context-settings.ts';
import { environmentOf } from './environment.ts';
import { goneRefs, type Scanned } from './gone.ts';
import type { Join, JudgeSettings } from './settings.ts';

/** Numbers of days have fractions; an instant that is not known leaves its number out, so that no rule fires on it. */
export interface PolicyContext {
  readonly account: string;
  readonly region: string;
  readonly environment: string;
  readonly team_policies: readonly string[];
  readonly cost_budget?: CostBudget;
  readonly compliance_rules: readonly ComplianceRule[];
  /** Value of the first configured owner tag that has one, "" when none has. */
  readonly owner: string;
  /** Ids that it refers to and that are gone; see gone.ts. */
  readonly gone_refs: readonly string[];
  readonly now: string;
  readonly last_seen_days?: number;
  readonly resource_age_days?: number;
  readonly state_since_days?: number;
  readonly last_used_days?: number;
  /** Changes a day over the time that the resource has been watched, 30 days at most. */
  readonly change_frequency: number;
  readonly last_actor: string;
  readonly coverage: string;
}

export interface PolicyInput {
  readonly resource: Resource;
  readonly history: readonly Resource[];
  readonly context: PolicyContext;
  readonly environment: string;
  readonly attribution: {
    readonly actor: string;
    readonly actor_kind: string;
    readonly actor_chain: readonly string[];
    readonly event: string;
    readonly method: string;
    readonly confidence: number;
    readonly explanation: string;
  };
}

const unknown: Scanned = {};
const none: readonly string[] = [];
const noHistory: readonly Resource[] = [];
const dayMs = 86_400_000;

const nobody: PolicyInput['attribution'] = {
  actor: '',
  actor_kind: '',
  actor_chain: [],
  event: '',
  method: '',
  confidence: 0,
  explanation: '',
};

/** What a rule needs of it; until somebody has looked it is as unknown as a change that no event explains. */
function attributionOf(row: JudgingRow): PolicyInput['attribution'] {
  const { actor, actor_kind, actor_chain, event, method, confidence, explanation } = row.attribution ?? nobody;
  return { actor, actor_kind, actor_chain, event, method, confidence, explanation };
}

/** `at` is the instant as of which is judged, ISO 8601. */
export function buildInput(
  row: JudgingRow,
  settings: JudgeSettings,
  at: string,
  scanned: Scanned = unknown,
): PolicyInput {
  const environment = environmentOf(row.resource, settings);
  return {
    resource: joined(row, settings.joins[row.resource.type] ?? []),
    history: row.history.length === 0 ? noHistory : row.history.map(withOwnerTags),
    context: contextOf(row, { environment, settings, at, scanned }),
    environment,
    attribution: attributionOf(row),
  };
}

interface Around {
  readonly environment: string;
  readonly settings: JudgeSettings;
  readonly at: string;
  readonly scanned: Scanned;
}

function contextOf(row: JudgingRow, { environment, settings, at, scanned }: Around): PolicyContext {
  const { resource, facts } = row;
  const now = Date.parse(at);
  const given = givenContext(resource, environment, settings.context);
  const context: { -readonly [K in keyof PolicyContext]: PolicyContext[K] } = {
    account: resource.account,
    region: resource.region,
    environment,
    owner: given.owner,
    team_policies: given.team_policies,
    compliance_rules: given.compliance_rules,
    gone_refs: scanned === unknown ? none : goneRefs(row, scanned),
    now: at,
    change_frequency: facts.changes / Math.max(facts.window_days, 1),
    last_actor: row.last_actor ?? '',
    coverage: facts.coverage,
  };
  if (given.cost_budget) context.cost_budget = given.cost_budget;
  const days: ReadonlyArray<readonly [Days, string]> = [
    ['last_seen_days', facts.last_seen],
    ['resource_age_days', resource.created_at || facts.first_seen],
    ['state_since_days', facts.state_since],
    ['last_used_days', lastUse(resource)],
  ];
  for (const [name, instant] of days) {
    const since = instant === '' ? Number.NaN : millisecondsOf(instant);
    if (!Number.isNaN(since)) context[name] = Math.max(0, (now - since) / dayMs);
  }
  return context;
}

type Days = 'last_seen_days' | 'resource_age_days' | 'state_since_days' | 'last_used_days';

/** Policies ask for an absent owner with `tags.owner == ""`. */
function withOwnerTags(resource: Resource): Resource {
  return { ...resource, tags: { owner: '', elava_owner: '', ...resource.tags } };
}

/** Puts parts of what the resource refers to into it, such as the rules of its security groups. */
function joined(row: JudgingRow, joins: readonly Join[]): Resource {
  const resource = withOwnerTags(row.resource);
  if (joins.length === 0) return resource;
  const fields = joins.map(({ field, ids, type, take }) => {
    const parts = textsOf(fieldOf(resource, ids)).flatMap((id) => fieldOf(referred(row, type, id), take));
    return [field, parts.filter((part) => part !== undefined)];
  });
  return { ...resource, ...Object.fromEntries(fields) };
}

/** By its id, or by the short one that the provider uses in references (`sg-1` for `…:security-group/sg-1`). */
function referred(row: JudgingRow, type: string, id: string): Resource | undefined {
  const ofType = Object.values(row.related).filter((resource) => resource.type === type);
  return ofType.find((resource) => resource.id === id || resource.id.endsWith(`/${id}`));
}

function fieldOf(resource: Resource | undefined, field: string): unknown {
  return (resource as Readonly<Record<string, unknown>> | undefined)?.[field];
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** When the provider tells it: a type's file puts the instant into `last_used_at`, and that of IAM roles into `last_used`. */
function lastUse(resource: Resource): string {
  const at = fieldOf(resource, 'last_used_at') ?? fieldOf(resource, 'last_used');
  return typeof at === 'string' ? at : '';
}

/** The rows of a unit have many instants in common: when it was scanned, when it was first seen. */
const instants = new Map<string, number>();
const maxInstants = 1000;

function millisecondsOf(instant: string): number {
  const known = instants.get(instant);
  if (known !== undefined) return known;
  if (instants.size >= maxInstants) instants.clear();
  const milliseconds = Date.parse(instant);
  instants.set(instant, milliseconds);
  return milliseconds;
}
