/** The policies that judge the estate: what is loaded, their sources and tests, and what they would say of an input. */
import Type, { type Static } from 'typebox';
import { policyContract } from '../../policy/policy.contract.ts';
import type { Route } from '../route.ts';

const Id = Type.Object({ id: Type.String({ minLength: 1 }) }, { additionalProperties: false });
const Question = Type.Object(
  {
    input: Type.Record(Type.String(), Type.Unknown()),
    packages: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
  },
  { additionalProperties: false },
);
/** Nothing is stored or changed, so who may read may ask. */
const asks = { access: { role: 'viewer' } } as const;

export const rulesRoute: Route = (server, { client }) => {
  const policy = client(policyContract);
  const said = (summary: string) => ({ schema: { summary } });
  server.get('/api/rules', said('Packages and rules that are loaded, and what is wrong with their sources.'), () =>
    policy.bundle({}),
  );
  server.get('/api/rules/sources', said('The policies as they stand at their source, with their tests.'), () =>
    policy.sources({}),
  );
  server.get('/api/rules/tests', said('How the tests of the policies go, and how much of them they run.'), () =>
    policy.tests({}),
  );
  const input = { summary: 'The input that a live resource is judged with.', querystring: Id };
  server.get<{ Querystring: Static<typeof Id> }>('/api/rules/input', { schema: input }, ({ query }) =>
    policy.input({ id: query.id }),
  );
  const evaluate = { summary: 'What the policies say of an input. Nothing is stored.', body: Question };
  server.post<{ Body: Static<typeof Question> }>(
    '/api/rules/evaluate',
    { schema: evaluate, config: asks },
    async ({ body }) => {
      const { judgements } = await policy.evaluate({
        inputs: [body.input],
        ...(body.packages && body.packages.length > 0 && { packages: body.packages }),
      });
      return judgements[0];
    },
  );
};
