import Type, { type Static } from 'typebox';
import { answersOf } from '../answers.ts';
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
export const changesRoute: Route = (server, services) => {
  const { history } = services;
  const answers = answersOf(services);
  const schema = { querystring: Query };
  server.get<{ Querystring: Static<typeof Query> }>('/api/changes', { schema }, ({ query, url }) => {
    const { baseline, after, limit, actor: actors, actor_kind: actor_kinds } = query;
    const ask = () =>
      history.changes({
        filter: filterOf(query),
        ...defined({ since: instantOf(query.since), until: instantOf(query.until) }),
        ...defined({ baseline, actors, actor_kinds, after, limit }),
      });
    // The first page is what every open page looks at; the rest is read by one.
    return after === undefined && (limit ?? 0) <= MOST_SHARED ? answers.ask(url, ask) : ask();
  });
};

const MOST_SHARED = 300;
