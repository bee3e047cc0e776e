import Type, { type Static } from 'typebox';
import { defined } from '../query.ts';
import type { Route } from '../route.ts';

const Query = Type.Object(
  {
    id: Type.String({ minLength: 1, description: 'The id, or a part of it that only one resource has.' }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  },
  { additionalProperties: false },
);

/** One resource: versions, changes and evaluations, newest first. The id is a parameter, for ARNs hold slashes. */
export const timelineRoute: Route = (server, { history }) => {
  server.get<{ Querystring: Static<typeof Query> }>('/api/timeline', { schema: { querystring: Query } }, ({ query }) =>
    history.timeline({ id: query.id, ...defined({ limit: query.limit }) }),
  );
};
