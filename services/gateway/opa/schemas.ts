/** Schemas of OPA's routes, for the OpenAPI document. Fastify does not check by them: OPA refuses in words of its own. */
import Type from 'typebox';

const On = (description: string) => Type.Optional(Type.String({ description }));
const Query = Type.Object({
  pretty: On('Indents the answer.'),
  metrics: On('Also timers, under the names that OPA gives them.'),
  provenance: On('Also the version, and the revision of the bundle.'),
  explain: On('notes, fails, full or debug; there is no trace of compiled policies, which the answer says.'),
  instrument: On('As metrics.'),
  'strict-builtin-errors': On('Taken for the sake of clients; an argument that a function cannot take is undefined.'),
});
const Metrics = Type.Object(
  { eval_duration_micros: Type.Integer(), tenant_id: Type.String() },
  { additionalProperties: true },
);
const Answer = Type.Object(
  {
    decision_id: Type.Optional(Type.String({ description: 'Where decisions are logged.' })),
    result: Type.Optional(Type.Unknown({ description: 'Absent where the document is undefined.' })),
    metrics: Metrics,
    provenance: Type.Optional(Type.Object({}, { additionalProperties: true })),
    explanation: Type.Optional(Type.Array(Type.Unknown())),
    warning: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
  },
  { description: 'The document at the path. `…/tenants/{id}/allow` is always {allow, redact, reason, …}.' },
);
const Ask = Type.Object({ input: Type.Optional(Type.Unknown()) });

interface Shown {
  readonly summary: string;
  readonly querystring?: object;
  readonly body?: object;
  readonly response?: Readonly<Record<number, object>>;
  readonly consumes?: readonly string[];
}

/** Kept apart from what Fastify compiles. */
function shown({ summary, ...parts }: Shown): object {
  return { summary, tags: ['opa'], 'x-shown': parts };
}

export const ask = shown({
  summary: "Asks a tenant's policies.",
  querystring: Query,
  body: Ask,
  response: { 200: Answer },
  consumes: ['application/json', 'application/yaml'],
});
export const read = shown({
  summary: "Reads a tenant's document.",
  querystring: Type.Interface([Query], { input: Type.Optional(Type.String({ description: 'JSON.' })) }),
  response: { 200: Answer },
});
export const older = shown({
  summary: 'The same in version 0: the body is the input, the answer the value alone.',
  body: Type.Unknown(),
  response: { 200: Type.Unknown() },
});
const Responses = Type.Record(Type.String(), Type.Object({}, { additionalProperties: true }));
const BatchAnswer = Type.Object({ batch_decision_id: Type.String(), responses: Responses });
export const batch = shown({
  summary: 'Asks with many inputs at once; 207 where some of them failed.',
  body: Type.Object({
    inputs: Type.Record(Type.String(), Type.Unknown()),
    common_input: Type.Optional(Type.Unknown()),
  }),
  response: { 200: BatchAnswer, 207: BatchAnswer },
});
const Policy = Type.Object({ id: Type.String(), raw: Type.String() });
export const policies = shown({
  summary: 'Policies that were put.',
  response: { 200: Type.Object({ result: Type.Array(Policy) }) },
});
export const policy = shown({ summary: 'One of them.', response: { 200: Type.Object({ result: Policy }) } });
export const putPolicy = shown({
  summary: 'Adds or changes a policy; its package says whose it is.',
  body: Type.String(),
  consumes: ['text/plain'],
  response: { 200: Type.Object({}) },
});
export const deletePolicy = shown({ summary: 'Removes a policy.', response: { 200: Type.Object({}) } });
export const status = shown({
  summary: 'The bundle of each tenant, as OPA reports it.',
  response: { 200: Type.Object({ result: Type.Object({}, { additionalProperties: true }) }) },
});
export const config = shown({
  summary: 'What is set, without secrets.',
  response: { 200: Type.Object({ result: Type.Object({}, { additionalProperties: true }) }) },
});
