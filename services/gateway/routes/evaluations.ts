import Type, { type Static } from 'typebox';
import { defined, FilterQuery, filterOf, InstantQuery, instantOf, PageQuery } from '../query.ts';
import type { Route } from '../route.ts';

const Query = Type.Object(
  {
    ...FilterQuery,
    ...PageQuery,
    decision: Type.Optional(Type.Array(Type.String(), { description: 'deny, require_approval, flag, allow.' })),
    policy: Type.Optional(Type.Array(Type.String(), { description: 'Packages, such as elava.security.' })),
    rule: Type.Optional(
      Type.Array(Type.String(), { description: 'Rules, such as elava.security.deny_public_bucket.' }),
    ),
    since: InstantQuery,
  },
  { additionalProperties: false },
);

/** What policies say of live resources. */
export const evaluationsRoute: Route = (server, { history }) => {
  server.get<{ Querystring: Static<typeof Query> }>(
    '/api/evaluations',
    { schema: { querystring: Query } },
    ({ query }) => {
      const { decision: decisions, policy: policies, rule: rules, after, limit } = query;
      return history.evaluations({
        filter: filterOf(query),
        ...defined({ decisions, policies, rules, since: instantOf(query.since), after, limit }),
      });
    },
  );
};
