import Type, { type Static } from 'typebox';
import { AtQuery, defined, instantOf } from '../query.ts';
import type { Route } from '../route.ts';

const Query = Type.Object(
  {
    id: Type.String({ minLength: 1, description: 'The id, or a part of it that only one resource has.' }),
    ...AtQuery,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1000 })),
  },
  { additionalProperties: false },
);
const schema = { summary: 'What a resource belonged together with, from when until when.', querystring: Query };

export const relationsRoute: Route = (server, { history }) => {
  server.get<{ Querystring: Static<typeof Query> }>('/api/relations', { schema }, ({ query }) =>
    history.relations({ id: query.id, ...defined({ at: instantOf(query.at), limit: query.limit }) }),
  );
};
