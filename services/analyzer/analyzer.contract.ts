/** Drift, waste and patterns: what the memory says when it is asked what matters. */
import Type, { type Static } from 'typebox';
import { defineContract } from '../../lib/contract.ts';
import { Attribution, ChangeKind, FieldChange, Instant, ResourceFilter, Severity } from '../../lib/resource.ts';
import { CoverageSummary } from '../history/history.contract.ts';

const place = {
  id: Type.String(),
  account: Type.String(),
  region: Type.String(),
  type: Type.String(),
  name: Type.String(),
};

export const DriftFinding = Type.Object({
  ...place,
  at: Instant,
  kind: ChangeKind,
  revision: Type.String(),
  severity: Severity,
  what: Type.String({ description: 'The worst of it, in words.' }),
  fields: Type.Array(Type.Interface([FieldChange], { severity: Severity, what: Type.String() })),
  attribution: Type.Optional(Attribution),
});
export type DriftFinding = Static<typeof DriftFinding>;

export const WasteFinding = Type.Object({
  kind: Type.Union([
    Type.Literal('stopped'),
    Type.Literal('unattached'),
    Type.Literal('obsolete'),
    Type.Literal('idle'),
    Type.Literal('oversized'),
    Type.Literal('orphaned'),
  ]),
  ...place,
  status: Type.String(),
  tags: Type.Record(Type.String(), Type.String()),
  since: Instant,
  confidence: Type.Number({ minimum: 0, maximum: 1 }),
  evidence: Type.Array(Type.String()),
  facts: Type.Record(Type.String(), Type.Unknown(), { description: 'What a tool that knows prices needs.' }),
});
export type WasteFinding = Static<typeof WasteFinding>;

export const Pattern = Type.Object({
  pattern: Type.String({
    description: 'flapping, nightly, growth, create_and_forget, deploy_cadence, change_together',
  }),
  subject: Type.String(),
  text: Type.String(),
  confidence: Type.Number({ minimum: 0, maximum: 1 }),
  observations: Type.Array(Type.Object({ id: Type.String(), at: Instant, kind: ChangeKind, revision: Type.String() }), {
    description: 'The last ten changes that it rests on.',
  }),
});
export type Pattern = Static<typeof Pattern>;

const window = { filter: Type.Optional(ResourceFilter), since: Type.Optional(Instant), until: Type.Optional(Instant) };

export const analyzerContract = defineContract({
  name: 'analyzer',
  text: 'Finds drift, waste and patterns in what history remembers.',
  actions: {
    drift: {
      text: 'What drifted in a window, a day without one: the worst first.',
      read: true,
      timeoutMs: 120_000,
      params: Type.Object(window),
      result: Type.Object({ findings: Type.Array(DriftFinding), coverage: CoverageSummary }),
    },
    waste: {
      text: 'Resources that nobody seems to need now: the surest first.',
      read: true,
      timeoutMs: 300_000,
      params: Type.Object({ filter: Type.Optional(ResourceFilter) }),
      result: Type.Object({ findings: Type.Array(WasteFinding), coverage: CoverageSummary }),
    },
    measure: {
      text: 'Asks the provider how much resources were used, where that is not known of late, and stores it.',
      timeoutMs: 1_800_000,
      params: Type.Object({ filter: Type.Optional(ResourceFilter) }),
      result: Type.Object({
        measured: Type.Integer(),
        failed: Type.Array(
          Type.Object({ account: Type.String(), region: Type.String(), error: Type.String(), detail: Type.String() }),
        ),
      }),
    },
    review: {
      text: 'Looks for waste in the whole estate and stores what is new, what changed and what is resolved.',
      timeoutMs: 600_000,
      params: Type.Object({}),
      result: Type.Object({ open: Type.Integer(), appeared: Type.Integer(), resolved: Type.Integer() }),
    },
    loop: {
      text: 'Measures and reviews again and again from now on, until the process stops.',
      params: Type.Object({ on: Type.Boolean() }),
      result: Type.Object({}),
    },
    patterns: {
      text: 'What recurs in a window, 30 days without one.',
      read: true,
      timeoutMs: 120_000,
      params: Type.Object(window),
      result: Type.Object({ patterns: Type.Array(Pattern), coverage: CoverageSummary }),
    },
  },
  events: {},
});
