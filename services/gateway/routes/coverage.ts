import Type, { type Static } from 'typebox';
import { ObservationState } from '../../../lib/resource.ts';
import { FilterQuery, filterOf } from '../query.ts';
import type { Route } from '../route.ts';

const Query = Type.Object(
  {
    ...FilterQuery,
    state: Type.Optional(Type.Array(ObservationState, { description: 'Only units whose last observation ended so.' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: 'Units at most; all if absent.' })),
  },
  { additionalProperties: false },
);
const schema = { summary: 'The last observation of each unit.', querystring: Query };

/** The last observation of each unit; the summary is of all that the filter names, whatever their state. */
export const coverageRoute: Route = (server, { history }) => {
  server.get<{ Querystring: Static<typeof Query> }>('/api/coverage', { schema }, async ({ query }) => {
    const { state, limit } = query;
    const { units, summary } = await history.coverage({ filter: filterOf(query) });
    const chosen = state ? units.filter((unit) => state.includes(unit.state)) : units;
    return { units: limit === undefined ? chosen : chosen.slice(0, limit), summary };
  });
};
