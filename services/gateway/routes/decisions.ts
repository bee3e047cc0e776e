import Type, { type Static } from 'typebox';
import { LoggedDecision } from '../../history/history.contract.ts';
import { unknownTenant } from '../auth/access.ts';
import { seesTenant } from '../auth/principal.ts';
import { defined, InstantQuery, instantOf, PageQuery } from '../query.ts';
import type { Route } from '../route.ts';

const Query = Type.Object(
  {
    ...PageQuery,
    tenant: Type.Optional(
      Type.Array(Type.String(), { maxItems: 100, description: 'Absent: those that the caller sees.' }),
    ),
    effect: Type.Optional(Type.Array(Type.String(), { description: 'allow, deny, warn, audit.' })),
    id: Type.Optional(Type.String({ description: 'One decision_id.' })),
    since: InstantQuery,
    until: InstantQuery,
  },
  { additionalProperties: false },
);
const Answer = Type.Object({ decisions: Type.Array(LoggedDecision), next: Type.Optional(Type.String()) });

/** The log of what tenants were answered, newest first; empty where it is not kept (`decisions.enabled`). */
export const decisionsRoute: Route = (server, { history }) => {
  server.get<{ Querystring: Static<typeof Query> }>(
    '/api/decisions',
    {
      schema: { summary: 'What tenants were answered, newest first.', querystring: Query, response: { 200: Answer } },
      config: { access: { role: 'viewer', scope: 'own' } },
    },
    ({ query, principal }) => {
      const { tenant, effect: effects, id, after, limit } = query;
      if (tenant?.some((one) => !seesTenant(principal, one))) throw unknownTenant();
      const tenants = tenant ?? (principal.tenants === '*' ? undefined : [...principal.tenants]);
      const span = { since: instantOf(query.since), until: instantOf(query.until) };
      return history.decisions(defined({ tenants, effects, id, after, limit, ...span }));
    },
  );
};
