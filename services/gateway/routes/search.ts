import Type, { type Static } from 'typebox';
import { defined, FilterQuery, filterOf } from '../query.ts';
import type { Route } from '../route.ts';

const { account, region, type, id, tag, status, owner } = FilterQuery;
const Query = Type.Object(
  {
    account,
    region,
    type,
    id,
    tag,
    status,
    owner,
    q: Type.String({ minLength: 1, maxLength: 500, description: 'Words that must all be found; key=value is a tag.' }),
    gone: Type.Optional(Type.Boolean({ description: 'Also what is gone.' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 20 })),
  },
  { additionalProperties: false },
);
const schema = { summary: 'Resources by words of id, name, tags and place, the best first.', querystring: Query };

export const searchRoute: Route = (server, { history }) => {
  server.get<{ Querystring: Static<typeof Query> }>('/api/search', { schema }, ({ query }) => {
    const { q: text, gone, limit } = query;
    return history.search({ text, filter: filterOf(query), ...defined({ gone, limit }) });
  });
};
