/** Judges resources with Rego that sees their history. */
import Type, { type Static } from 'typebox';
import { defineContract } from '../../lib/contract.ts';
import { Instant, ResourceFilter } from '../../lib/resource.ts';
import { shown } from './shown.schema.ts';

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

const PolicyFile = Type.Object({
  path: Type.String({ minLength: 1, maxLength: 500, description: 'Relative, with /; data.json stands at its folder.' }),
  text: Type.String(),
});

/** A tenant's bundle as it is loaded; `archive` is an OPA bundle (.tar.gz) in base64, in the place of `files`. */
export const TenantOffer = Type.Object({
  tenant: Type.String(),
  files: Type.Optional(Type.Array(PolicyFile, { maxItems: 5000 })),
  archive: Type.Optional(Type.String()),
  revision: Type.Optional(Type.String({ description: 'Names the bundle in answers; its digest when absent.' })),
  roots: Type.Optional(
    Type.Array(Type.String(), {
      description: 'Packages that it may have, as paths: ["tenants/a", "system"] by default.',
    }),
  ),
  limits: Type.Optional(
    Type.Object({
      deadlineMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 600_000 })),
      memoryBytes: Type.Optional(Type.Integer({ minimum: 1_048_576 })),
      concurrency: Type.Optional(Type.Integer({ minimum: 0, description: 'Threads at once; 0: all but one.' })),
    }),
  ),
  lazy: Type.Optional(Type.Boolean({ description: 'A new tenant is compiled when it is first asked.' })),
});
export type TenantOffer = Static<typeof TenantOffer>;

export const TenantInfo = Type.Object({
  tenant: Type.String(),
  revision: Type.String({ description: '"" while nothing is served.' }),
  digest: Type.String(),
  loaded: Type.String({ description: 'ISO 8601 of the bundle that is served.' }),
  state: Type.Union([Type.Literal('serving'), Type.Literal('waiting'), Type.Literal('broken')]),
  packages: Type.Array(Type.String()),
  errors: Type.Array(Diagnostic, { description: 'Of what was offered last; what was good before it serves on.' }),
});
export type TenantInfo = Static<typeof TenantInfo>;

/** `paths` are what stands after `data`, as texts; without `input` it is undefined. */
export const TenantQuestion = Type.Object({
  paths: Type.Array(Type.Array(Type.String(), { minItems: 1, maxItems: 64 }), { minItems: 1, maxItems: 64 }),
  input: Type.Optional(Type.Unknown()),
});
export const TenantAnswer = Type.Object({
  values: Type.Array(Type.Object({ result: Type.Optional(Type.Unknown()) }), {
    description: 'One for each path; without result it is undefined. Empty where there is an error.',
  }),
  error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
  eval_ns: Type.Integer(),
});

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
    ...shown,
    loadTenant: {
      text: "Puts a tenant's bundle in the place of its last one, whole or not at all, in this process; see errors.",
      timeoutMs: 120_000,
      params: TenantOffer,
      result: TenantInfo,
    },
    removeTenant: {
      text: "Forgets a tenant's policies in this process.",
      params: Type.Object({ tenant: Type.String() }),
      result: Type.Object({ removed: Type.Boolean() }),
    },
    tenants: {
      text: 'The tenants whose policies this process has.',
      read: true,
      params: Type.Object({ tenant: Type.Optional(Type.String()) }),
      result: Type.Object({ tenants: Type.Array(TenantInfo) }),
    },
    askTenant: {
      text: "What a tenant's policies say: OPA's `data` at the paths, for each input. Nothing is stored.",
      timeoutMs: 30_000,
      params: Type.Object({
        tenant: Type.String(),
        questions: Type.Array(TenantQuestion, { minItems: 1, maxItems: 1000 }),
        now: Type.Optional(Instant),
      }),
      result: Type.Object({
        revision: Type.String(),
        digest: Type.String(),
        answers: Type.Array(TenantAnswer),
        total_ns: Type.Integer({ description: 'With the wait for a thread.' }),
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
