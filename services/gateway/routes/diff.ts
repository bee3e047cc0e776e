import Type, { type Static } from 'typebox';
import { ChangeDimension } from '../../history/history.contract.ts';
import { answersOf } from '../answers.ts';
import { ActorQuery, defined, FilterQuery, filterOf, InstantQuery, instantOf, PageQuery } from '../query.ts';
import type { Route } from '../route.ts';

const Query = Type.Object(
  {
    ...FilterQuery,
    ...ActorQuery,
    ...PageQuery,
    limit: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1000, default: 100, description: '0 gives the counts alone.' }),
    ),
    from: Type.String({ description: 'The earlier instant, as `at`.' }),
    to: InstantQuery,
    by: Type.Optional(
      Type.Array(ChangeDimension, { minItems: 1, maxItems: 3, description: 'Count all of it by these.' }),
    ),
    baseline: Type.Optional(Type.Boolean({ description: 'false leaves out what a first scan found.' })),
  },
  { additionalProperties: false },
);
const schema = { summary: 'The net difference of two instants, with who is behind it.', querystring: Query };

/** Up to now where there is no `to`. */
export const diffRoute: Route = (server, services) => {
  const { history } = services;
  const answers = answersOf(services);
  server.get<{ Querystring: Static<typeof Query> }>('/api/diff', { schema }, ({ query, url }) => {
    const { actor: actors, actor_kind: actor_kinds, by, baseline, after, limit } = query;
    const ask = () =>
      history.diff({
        filter: filterOf(query),
        from: instantOf(query.from) ?? '',
        to: instantOf(query.to) ?? new Date().toISOString(),
        ...defined({ actors, actor_kinds, by, baseline, after, limit }),
      });
    // The counts alone are what everybody's slider asks, again and again at the same instants.
    return limit === 0 ? answers.ask(url, ask) : ask();
  });
};
