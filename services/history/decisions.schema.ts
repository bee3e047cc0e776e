/** The log of what tenants were answered: its actions, beside those of the estate. */
import Type, { type Static } from 'typebox';
import { Instant } from '../../lib/resource.ts';

export const LoggedDecision = Type.Object({
  id: Type.String(),
  tenant: Type.String(),
  at: Instant,
  path: Type.String(),
  effect: Type.String(),
  allowed: Type.Boolean(),
  error: Type.String(),
  principal: Type.String(),
  bundle: Type.String(),
  micros: Type.Integer({ minimum: 0 }),
  event: Type.String({ description: "JSON in the form of OPA's decision log, masked." }),
});
export type LoggedDecision = Static<typeof LoggedDecision>;

export const DecisionQuestion = Type.Object({
  tenants: Type.Optional(Type.Array(Type.String(), { maxItems: 1000, description: 'None: all.' })),
  id: Type.Optional(Type.String()),
  effects: Type.Optional(Type.Array(Type.String())),
  since: Type.Optional(Instant),
  until: Type.Optional(Instant),
  after: Type.Optional(Type.String({ description: '`next` of the page before.' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
});
export type DecisionQuestion = Static<typeof DecisionQuestion>;

export const decisionActions = {
  decided: {
    text: 'Keeps what tenants were answered.',
    timeoutMs: 30_000,
    params: Type.Object({ decisions: Type.Array(LoggedDecision, { maxItems: 5000 }) }),
    result: Type.Object({ written: Type.Integer() }),
  },
  decisions: {
    text: 'What tenants were answered, newest first.',
    read: true,
    timeoutMs: 30_000,
    params: DecisionQuestion,
    result: Type.Object({ decisions: Type.Array(LoggedDecision), next: Type.Optional(Type.String()) }),
  },
} as const;
