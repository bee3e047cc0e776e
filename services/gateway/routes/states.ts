import Type, { type Static } from 'typebox';
import { AtQuery, defined, FilterQuery, filterOf, InstantQuery, instantOf, PageQuery } from '../query.ts';
import type { Route } from '../route.ts';

const Query = Type.Object(
  { ...FilterQuery, ...AtQuery, ...PageQuery, since_before: InstantQuery },
  { additionalProperties: false },
);
const schema = { summary: 'Resources by how long they are in their state, the longest first.', querystring: Query };

export const statesRoute: Route = (server, { history }) => {
  server.get<{ Querystring: Static<typeof Query> }>('/api/states', { schema }, ({ query }) => {
    const { after, limit } = query;
    const instants = { at: instantOf(query.at), since_before: instantOf(query.since_before) };
    return history.states({ filter: filterOf(query), ...defined({ ...instants, after, limit }) });
  });
};
