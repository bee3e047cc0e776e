import Type, { type Static } from 'typebox';
import { FilterQuery, filterOf } from '../query.ts';
import type { Route } from '../route.ts';

const Query = Type.Object(FilterQuery, { additionalProperties: false });

/** The last observation of each unit. */
export const coverageRoute: Route = (server, { history }) => {
  server.get<{ Querystring: Static<typeof Query> }>('/api/coverage', { schema: { querystring: Query } }, ({ query }) =>
    history.coverage({ filter: filterOf(query) }),
  );
};
