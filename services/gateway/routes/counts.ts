import Type, { type Static } from 'typebox';
import { AtQuery, defined, FilterQuery, filterOf, instantOf } from '../query.ts';
import type { Route } from '../route.ts';

const Query = Type.Object({ ...FilterQuery, ...AtQuery }, { additionalProperties: false });

/** Resources by type, now or `at` an instant. */
export const countsRoute: Route = (server, { history }) => {
  server.get<{ Querystring: Static<typeof Query> }>('/api/counts', { schema: { querystring: Query } }, ({ query }) =>
    history.counts({ filter: filterOf(query), ...defined({ at: instantOf(query.at) }) }),
  );
};
