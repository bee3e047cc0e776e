/** Judges resources with Rego that sees their history. */
import Type, { type Static } from 'typebox';
import { defineContract } from '../../lib/contract.ts';
import { Instant, ResourceFilter } from '../../lib/resource.ts';

/** Strongest first: deny > require_approval > flag > allow. */
export const Decision = Type.Union([
  Type.Literal('deny'),
  Type.Literal('require_approval'),
  Type.Literal('flag'),
  Type.Literal('allow'),
]);
export type Decision = Static<typeof Decision>;

export const Effect = Type.Union([
  Type.Literal('deny'),
  Type.Literal('warn'),
  Type.Literal('audit'),
  Type.Literal('allow'),
]);
export type Effect = Static<typeof Effect>;

/** An action that a policy proposes, such as `{type: "tag", tags: {…}, reason}`. */
export const ProposedAction = Type.Object({ type: Type.String() }, { additionalProperties: true });
export type ProposedAction = Static<typeof ProposedAction>;

export const PolicyResult = Type.Object({
  decision: Decision,
  reason: Type.String(),
  confidence: Type.Number({ minimum: 0, maximum: 1 }),
  policies: Type.Array(Type.String(), { description: 'Rules that spoke, as package.rule.' }),
  metadata: Type.Record(Type.String(), Type.Unknown()),
  actions: Type.Array(ProposedAction),
  exempt: Type.Optional(Type.Array(Type.String(), { description: 'Ids of the exemptions that were applied.' })),
  would: Type.Optional(Decision),
});
export type PolicyResult = Static<typeof PolicyResult>;

/** One package's answer for one input. `error` is "" or a code; a failed package speaks with default_decision. */
export const PackageResult = Type.Object({
  policy: Type.String(),
  result: PolicyResult,
  effect: Effect,
  error: Type.String(),
});
export type PackageResult = Static<typeof PackageResult>;

/** All packages together: the strongest wins, and every package's own answer stands beside it. */
export const Judgement = Type.Object({
  result: PolicyResult,
  effect: Effect,
  allowed: Type.Boolean(),
  bundle: Type.String(),
  packages: Type.Array(PackageResult),
});
export type Judgement = Static<typeof Judgement>;

export const RuleInfo = Type.Object({
  package: Type.String(),
  rule: Type.String(),
  file: Type.String(),
  row: Type.Integer(),
  title: Type.String(),
  description: Type.String(),
  severity: Type.String(),
});
export type RuleInfo = Static<typeof RuleInfo>;

export const Diagnostic = Type.Object({
  code: Type.String(),
  message: Type.String(),
  file: Type.String(),
  row: Type.Integer(),
  col: Type.Integer(),
});
export type Diagnostic = Static<typeof Diagnostic>;

export const policyContract = defineContract({
  name: 'policy',
  text: 'Evaluates policy bundles in a pool of WebAssembly instances.',
  actions: {
    judge: {
      text: 'Judges what is due (see history.due) and stores the results that changed.',
      timeoutMs: 600_000,
      params: Type.Object({
        filter: Type.Optional(ResourceFilter),
        all: Type.Optional(Type.Boolean({ description: 'Also what was judged within the interval.' })),
        at: Type.Optional(Instant),
      }),
      result: Type.Object({
        units: Type.Integer(),
        judged: Type.Integer({ description: 'Resources.' }),
        changed: Type.Integer({ description: 'Evaluations stored.' }),
        failed: Type.Integer({ description: 'Evaluations in which a policy failed.' }),
        bundle: Type.String(),
      }),
    },
    evaluate: {
      text: 'Evaluates whole inputs {resource, history, context, environment, attribution} without storing anything.',
      timeoutMs: 30_000,
      params: Type.Object({
        inputs: Type.Array(Type.Record(Type.String(), Type.Unknown()), { minItems: 1, maxItems: 1000 }),
        packages: Type.Optional(Type.Array(Type.String(), { description: "None: those of the input's environment." })),
      }),
      result: Type.Object({ judgements: Type.Array(Judgement) }),
    },
    input: {
      text: 'The input that a live resource is judged with, to look at it or to replay it.',
      read: true,
      params: Type.Object({ id: Type.String() }),
      result: Type.Object({ input: Type.Record(Type.String(), Type.Unknown()) }),
    },
    bundle: {
      text: 'What is loaded: packages, rules, revision, and what is wrong with the sources on disk.',
      read: true,
      params: Type.Object({}),
      result: Type.Object({
        digest: Type.String(),
        loaded: Type.String(),
        source: Type.String(),
        packages: Type.Array(Type.String()),
        rules: Type.Array(RuleInfo),
        errors: Type.Array(Diagnostic, {
          description: 'Of the last load that failed; the digest is then of the last good one.',
        }),
      }),
    },
  },
  events: {
    loaded: {
      text: 'A bundle was loaded, or a load failed and the last good one stays.',
      payload: Type.Object({
        digest: Type.String(),
        packages: Type.Array(Type.String()),
        errors: Type.Array(Diagnostic),
      }),
    },
    judged: {
      text: 'Results changed.',
      payload: Type.Object({ changed: Type.Integer(), failed: Type.Integer(), bundle: Type.String() }),
    },
  },
});
