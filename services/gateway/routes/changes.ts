import Type, { type Static } from 'typebox';
import { ActorQuery, defined, FilterQuery, filterOf, InstantQuery, instantOf, PageQuery } from '../query.ts';
import type { Route } from '../route.ts';

const Query = Type.Object(
  {
    ...FilterQuery,
    ...ActorQuery,
    ...PageQuery,
    since: InstantQuery,
    until: InstantQuery,
    baseline: Type.Optional(Type.Boolean({ description: 'Also what the first scan of a unit found.' })),
  },
  { additionalProperties: false },
);

/** Changes, newest first. */
export const changesRoute: Route = (server, { history }) => {
  server.get<{ Querystring: Static<typeof Query> }>('/api/changes', { schema: { querystring: Query } }, ({ query }) => {
    const { baseline, after, limit, actor: actors, actor_kind: actor_kinds } = query;
    return history.changes({
      filter: filterOf(query),
      ...defined({ since: instantOf(query.since), until: instantOf(query.until) }),
      ...defined({ baseline, actors, actor_kinds, after, limit }),
    });
  });
};
