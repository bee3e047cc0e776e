/** Plans, approvals and actions. Who the caller is comes from the request, never from its body. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Client } from '../../../lib/contract.ts';
import { reconcilerContract } from '../../reconciler/reconciler.contract.ts';
import { present } from '../absent.ts';
import { defined, FilterQuery, filterOf, InstantQuery, instantOf } from '../query.ts';
import type { Route, Services } from '../route.ts';

const Listed = Type.Object(
  { id: Type.Optional(Type.String()), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })) },
  { additionalProperties: false },
);
const Ledger = Type.Object(
  {
    since: InstantQuery,
    resource: Type.Optional(Type.String()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  },
  { additionalProperties: false },
);
const Items = Type.Object(
  { items: Type.Array(Type.String(), { minItems: 1, maxItems: 1000 }) },
  { additionalProperties: false },
);
const Reasoned = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 1000 }) },
  { additionalProperties: false },
);
const Apply = Type.Object(
  { items: Type.Optional(Type.Array(Type.String())), dry_run: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
);
const Stop = Type.Object(
  {
    reason: Type.String({ minLength: 1, maxLength: 1000 }),
    policy: Type.Optional(Type.String()),
    resume: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
const New = Type.Object(FilterQuery, { additionalProperties: false });
const approver = { access: { role: 'approver' } } as const;

const ask = <T>(answer: Promise<T>): Promise<T> => present('reconciler', answer);

export const plansRoute: Route = (server, { client }: Services) => {
  const reconciler = client(reconcilerContract);
  const listed = { summary: 'The latest plans with where their items stand.', querystring: Listed };
  server.get<{ Querystring: Static<typeof Listed> }>('/api/plans', { schema: listed }, ({ query }) =>
    ask(reconciler.plans(query)),
  );
  const ledger = { summary: 'The action ledger, newest first.', querystring: Ledger };
  server.get<{ Querystring: Static<typeof Ledger> }>('/api/actions', { schema: ledger }, ({ query }) =>
    ask(reconciler.actions(defined({ since: instantOf(query.since), resource: query.resource, limit: query.limit }))),
  );
  server.get('/api/switches', { schema: { summary: 'What is stopped, since when and by whom.' } }, () =>
    ask(reconciler.switches({})),
  );
  changes(server, reconciler);
};

function changes(server: FastifyInstance, reconciler: Client<typeof reconcilerContract>): void {
  const made = { summary: 'Makes a plan of what policies ask for now. Nothing is done.', querystring: New };
  server.post<{ Querystring: Static<typeof New> }>('/api/plans', { schema: made }, ({ query, principal }) =>
    ask(reconciler.plan({ by: principal.id, filter: filterOf(query) })),
  );
  const apply = { summary: 'Does what of a plan is approved and still holds.', body: Apply };
  server.post<{ Params: { plan: string }; Body: Static<typeof Apply> }>(
    '/api/plans/:plan/apply',
    { schema: apply },
    ({ params, body, principal }) => ask(reconciler.apply({ plan: params.plan, by: principal.id, ...body })),
  );
  const approve = { summary: 'Agrees to items. Who proposed them cannot.', body: Items };
  server.post<{ Body: Static<typeof Items> }>(
    '/api/approvals',
    { schema: approve, config: approver },
    ({ body, principal }) => ask(reconciler.approve({ items: body.items, by: principal.id })),
  );
  const cancel = { summary: 'Ends an item for good.', body: Reasoned };
  server.post<{ Params: { item: string }; Body: Static<typeof Reasoned> }>(
    '/api/items/:item/cancel',
    { schema: cancel },
    ({ params, body, principal }) =>
      ask(reconciler.cancel({ item: params.item, by: principal.id, reason: body.reason })),
  );
  const stop = { summary: 'Stops all actions or those of a policy, or lets them go on.', body: Stop };
  server.post<{ Body: Static<typeof Stop> }>('/api/switches', { schema: stop }, ({ body, principal }) =>
    ask(reconciler.stop({ by: principal.id, ...body })),
  );
}
