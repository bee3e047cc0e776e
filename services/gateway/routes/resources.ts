import Type, { type Static } from 'typebox';
import { AtQuery, defined, FilterQuery, filterOf, instantOf, PageQuery } from '../query.ts';
import type { Route } from '../route.ts';

const Query = Type.Object({ ...FilterQuery, ...AtQuery, ...PageQuery }, { additionalProperties: false });

/** Resources now, or `at` an instant, with how complete the answer is. */
export const resourcesRoute: Route = (server, { history }) => {
  server.get<{ Querystring: Static<typeof Query> }>('/api/resources', { schema: { querystring: Query } }, ({ query }) =>
    history.resources({
      filter: filterOf(query),
      ...defined({ at: instantOf(query.at), after: query.after, limit: query.limit }),
    }),
  );
};
