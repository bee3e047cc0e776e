/** What is told of policies: a decision for a tenant, or a change of a policy. Small, and made into events when asked. */
import Type, { type Static } from 'typebox';

export type Verdict = 'allow' | 'deny' | 'warn' | 'audit';
export const Verdict = Type.Unsafe<Verdict>(Type.String({ enum: ['allow', 'deny', 'warn', 'audit'] }));

export const DecisionRecord = Type.Object({
  kind: Type.Literal('decision'),
  id: Type.String({ description: 'UUID; the decision_id of the answer and the event_id of the stream.' }),
  tenant: Type.String(),
  at: Type.String({ description: 'ISO 8601.' }),
  path: Type.String({ description: 'tenants/a/allow' }),
  input: Type.String({ description: 'JSON text; "" when there was none.' }),
  result: Type.String({ description: 'JSON text; "" when undefined.' }),
  allowed: Type.Boolean(),
  effect: Verdict,
  reason: Type.String(),
  policy: Type.String({ description: 'That decided, "" when a default did.' }),
  rule: Type.String(),
  micros: Type.Integer({ description: 'Of the evaluation alone.' }),
  bundle: Type.String({ description: 'Digest of what was evaluated.' }),
  principal: Type.String(),
  correlation: Type.String({ description: '"" for none.' }),
  error: Type.String({ description: 'A code when the evaluation failed, else "".' }),
});
export type DecisionRecord = Static<typeof DecisionRecord>;

export const ChangeRecord = Type.Object({
  kind: Type.Literal('change'),
  id: Type.String(),
  tenant: Type.String(),
  at: Type.String(),
  type: Type.Union([
    Type.Literal('policy.created'),
    Type.Literal('policy.updated'),
    Type.Literal('policy.deleted'),
    Type.Literal('quota_warning'),
  ]),
  payload: Type.Record(Type.String(), Type.Unknown()),
  principal: Type.String(),
  correlation: Type.String(),
});
export type ChangeRecord = Static<typeof ChangeRecord>;

export const PolicyRecord = Type.Union([DecisionRecord, ChangeRecord]);
export type PolicyRecord = Static<typeof PolicyRecord>;
