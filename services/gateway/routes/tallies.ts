import Type, { type Static } from 'typebox';
import { VerdictDimension } from '../../history/history.contract.ts';
import { answersOf } from '../answers.ts';
import { defined, FilterQuery, filterOf } from '../query.ts';
import type { Route } from '../route.ts';

const Verdicts = Type.Object(
  {
    ...FilterQuery,
    by: Type.Optional(Type.Array(VerdictDimension, { minItems: 1, maxItems: 3, description: 'decision if absent.' })),
    decision: Type.Optional(Type.Array(Type.String(), { description: 'deny, require_approval, flag, allow.' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  },
  { additionalProperties: false },
);
const Query = Type.Object(FilterQuery, { additionalProperties: false });

/** What policies come to, counted. */
export const verdictsRoute: Route = (server, services) => {
  const { history } = services;
  const answers = answersOf(services);
  const schema = { summary: 'What policies say of live resources, counted.', querystring: Verdicts };
  server.get<{ Querystring: Static<typeof Verdicts> }>('/api/verdicts', { schema }, ({ query, url }) => {
    const { by = ['decision'], decision: decisions, limit } = query;
    return answers.ask(url, () => history.verdicts({ filter: filterOf(query), by, ...defined({ decisions, limit }) }));
  });
};

/** How scanning went, account by region. */
export const gridRoute: Route = (server, services) => {
  const { history } = services;
  const answers = answersOf(services);
  const schema = { summary: 'Accounts × regions: how the last observations went.', querystring: Query };
  server.get<{ Querystring: Static<typeof Query> }>('/api/coverage/grid', { schema }, ({ query, url }) =>
    answers.ask(url, () => history.grid({ filter: filterOf(query) })),
  );
};
