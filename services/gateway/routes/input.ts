import Type, { type Static } from 'typebox';
import { policyContract } from '../../policy/policy.contract.ts';
import type { Route } from '../route.ts';

const Query = Type.Object({ id: Type.String({ minLength: 1, description: 'Id of a live resource.' }) });

/** What a resource is judged with: `elava policy explain` looks at it, and whoever replays a decision. */
export const inputRoute: Route = (server, { client }) => {
  const { text: summary, result } = policyContract.actions.input;
  const policies = client(policyContract);
  server.get('/api/input', { schema: { summary, querystring: Query, response: { 200: result } } }, ({ query }) =>
    policies.input(query as Static<typeof Query>),
  );
};
