import Type, { type Static } from 'typebox';
import { Dimension } from '../../history/history.contract.ts';
import { answersOf } from '../answers.ts';
import { AtQuery, defined, FilterQuery, filterOf, instantOf } from '../query.ts';
import type { Route } from '../route.ts';

const Query = Type.Object(
  {
    ...FilterQuery,
    ...AtQuery,
    by: Type.Optional(Type.Array(Dimension, { minItems: 1, maxItems: 3 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'Groups at most.' })),
  },
  { additionalProperties: false },
);

/** Resources by type, and by what `by` names, now or `at` an instant. */
export const countsRoute: Route = (server, services) => {
  const { history } = services;
  const answers = answersOf(services);
  server.get<{ Querystring: Static<typeof Query> }>(
    '/api/counts',
    { schema: { querystring: Query } },
    ({ query, url }) =>
      answers.ask(url, () =>
        history.counts({
          filter: filterOf(query),
          ...defined({ at: instantOf(query.at), by: query.by, limit: query.limit }),
        }),
      ),
  );
};
