/** Tenants: their policies from a directory or the API, their budgets, and what they are answered. */
import Type, { type Static } from 'typebox';
import { defineContract } from '../../lib/contract.ts';
import { PolicyRecord, Verdict } from '../../lib/policy-event/record.ts';
import { Diagnostic } from '../policy/policy.contract.ts';

export const TenantState = Type.Object({
  id: Type.String(),
  state: Type.Union([Type.Literal('ready'), Type.Literal('stale'), Type.Literal('failed')], {
    description: '`stale`: a bad bundle was offered, the last good one serves. `failed`: nothing good was ever there.',
  }),
  version: Type.String({ description: 'Of metadata.json or the bundle, "" for none.' }),
  bundle: Type.String({ description: 'Digest of what serves, "" before it is first asked.' }),
  loaded: Type.String({ description: 'ISO 8601, "" before it is first asked.' }),
  source: Type.String({ description: 'directory, bundle or api.' }),
  files: Type.Integer(),
  errors: Type.Array(Diagnostic),
});
export type TenantState = Static<typeof TenantState>;

const Asker = {
  principal: Type.Optional(Type.String()),
  correlation: Type.Optional(Type.String({ maxLength: 200 })),
};

/** `error` stands where the evaluation failed; without `value` the document is undefined. */
export const TenantDecision = Type.Object({
  id: Type.String({ description: 'UUID: the decision_id, and the event_id of the stream.' }),
  value: Type.Optional(Type.Unknown()),
  micros: Type.Integer(),
  bundle: Type.String(),
  revision: Type.String(),
  error: Type.Optional(
    Type.Object({ code: Type.String(), message: Type.String(), errors: Type.Optional(Type.Array(Type.Unknown())) }),
  ),
});
export type TenantDecision = Static<typeof TenantDecision>;

const kinds = Type.Unsafe<'rego' | 'rules'>(Type.String({ enum: ['rego', 'rules'] }));
const PolicyBody = {
  name: Type.String({ minLength: 1, maxLength: 200 }),
  description: Type.Optional(Type.String({ maxLength: 2000 })),
  kind: kinds,
  text: Type.String({ minLength: 1, maxLength: 500_000, description: 'Rego, or a rule policy in YAML.' }),
  enabled: Type.Boolean(),
  priority: Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 }),
};
export const PolicyDraft = Type.Object({
  ...PolicyBody,
  description: Type.Optional(Type.String({ maxLength: 2000 })),
  enabled: Type.Optional(Type.Boolean({ description: 'Absent: true.' })),
  priority: Type.Optional(
    Type.Integer({ minimum: -1_000_000, maximum: 1_000_000, description: 'Absent: that of the text, or 0.' }),
  ),
  default_effect: Type.Optional(Verdict),
});
export type PolicyDraft = Static<typeof PolicyDraft>;

export const StoredPolicy = Type.Object({
  tenant: Type.String(),
  id: Type.String(),
  ...PolicyBody,
  description: Type.String(),
  default_effect: Type.Union([Verdict, Type.Literal('')], { description: '"" when the policy does not say.' }),
  version: Type.Integer({ minimum: 1 }),
  created_at: Type.String(),
  updated_at: Type.String(),
  updated_by: Type.String(),
});
export type StoredPolicy = Static<typeof StoredPolicy>;

/** A request of an agent, as seed 004's engine takes it. */
export const AgentRequest = Type.Object({
  agent: Type.Unknown({ description: 'Its id, or an object with an id.' }),
  action: Type.String(),
  resource: Type.Optional(Type.Unknown()),
  context: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
export const AgentVerdict = Type.Object({
  allowed: Type.Boolean(),
  effect: Verdict,
  reason: Type.String(),
  matched_policy: Type.Union([Type.String(), Type.Null()]),
  matched_rule: Type.Union([Type.String(), Type.Null()]),
  warnings: Type.Array(Type.String()),
  decision_id: Type.String(),
  evaluation_time_ms: Type.Number(),
});
export type AgentVerdict = Static<typeof AgentVerdict>;

const Tenant = Type.Object({ tenant: Type.String() });
const One = { tenant: Type.String(), id: Type.String() };

export const tenantsContract = defineContract({
  name: 'tenants',
  text: "Answers from tenants' own policies, within their budgets, and tells what it answered.",
  actions: {
    evaluate: {
      text: "What a tenant's policies say at a path, or, with `shape: allow`, the decision {allow, redact, reason}.",
      params: Type.Object({
        tenant: Type.String(),
        path: Type.Array(Type.String(), { minItems: 2, maxItems: 64, description: 'After data.' }),
        shape: Type.Optional(Type.Literal('allow')),
        input: Type.Optional(Type.Unknown()),
        ...Asker,
      }),
      result: TenantDecision,
    },
    judge: {
      text: "A request of an agent, judged by the tenant's policies; without any that speaks, their default effect.",
      params: Type.Object({ tenant: Type.String(), request: AgentRequest, ...Asker }),
      result: AgentVerdict,
    },
    list: {
      text: 'The tenants that this process serves.',
      read: true,
      params: Type.Object({ tenant: Type.Optional(Type.String()) }),
      result: Type.Object({ tenants: Type.Array(TenantState) }),
    },
    policies: {
      text: 'Policies that were made by the API.',
      read: true,
      params: Tenant,
      result: Type.Object({ policies: Type.Array(StoredPolicy) }),
    },
    createPolicy: {
      text: 'Adds a policy; one that does not compile changes nothing.',
      timeoutMs: 60_000,
      params: Type.Object({ ...One, draft: PolicyDraft, ...Asker }),
      result: StoredPolicy,
    },
    updatePolicy: {
      text: 'Changes a policy, if it is still at the version that the caller read.',
      timeoutMs: 60_000,
      params: Type.Object({ ...One, draft: PolicyDraft, version: Type.Integer(), ...Asker }),
      result: StoredPolicy,
    },
    deletePolicy: {
      text: 'Removes a policy, if it is still at that version.',
      timeoutMs: 60_000,
      params: Type.Object({ ...One, version: Type.Integer(), ...Asker }),
      result: StoredPolicy,
    },
  },
  events: {
    told: {
      text: 'What this node decided and changed, in order; `lost` of it could not be held until it was told.',
      payload: Type.Object({ node: Type.String(), records: Type.Array(PolicyRecord), lost: Type.Integer() }),
    },
  },
});
