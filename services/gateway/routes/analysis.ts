import Type, { type Static } from 'typebox';
import { analyzerContract } from '../../analyzer/analyzer.contract.ts';
import { defined, FilterQuery, filterOf, InstantQuery, instantOf, PageQuery } from '../query.ts';
import type { Route } from '../route.ts';

const Window = Type.Object(
  { ...FilterQuery, since: InstantQuery, until: InstantQuery },
  { additionalProperties: false },
);
const Query = Type.Object(FilterQuery, { additionalProperties: false });
const { account, region, type, id } = FilterQuery;
const Kept = Type.Object(
  {
    account,
    region,
    type,
    id,
    ...PageQuery,
    state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('resolved')])),
    kind: Type.Optional(Type.Array(Type.String(), { description: 'stopped, idle, orphaned and others.' })),
  },
  { additionalProperties: false },
);
type Windowed = { Querystring: Static<typeof Window> };

/** What the analyzers find: drift, waste, patterns. */
export const analysisRoute: Route = (server, services) => {
  const analyzer = services.client(analyzerContract);
  const question = (query: Windowed['Querystring']) => ({
    filter: filterOf(query),
    ...defined({ since: instantOf(query.since), until: instantOf(query.until) }),
  });
  const schema = { querystring: Window };
  const drift = { ...schema, summary: 'What drifted in a window, a day without one, the worst first.' };
  server.get<Windowed>('/api/drift', { schema: drift }, ({ query }) => analyzer.drift(question(query)));
  const patterns = { ...schema, summary: 'What recurs in a window, 30 days without one.' };
  server.get<Windowed>('/api/patterns', { schema: patterns }, ({ query }) => analyzer.patterns(question(query)));
  const waste = { querystring: Query, summary: 'Resources that nobody seems to need, the surest first.' };
  server.get<{ Querystring: Static<typeof Query> }>('/api/waste', { schema: waste }, ({ query }) =>
    analyzer.waste({ filter: filterOf(query) }),
  );
  const kept = { querystring: Kept, summary: 'Findings of waste as reviews kept them: when they came, and went.' };
  server.get<{ Querystring: Static<typeof Kept> }>('/api/waste/reviewed', { schema: kept }, ({ query }) => {
    const { state, kind: kinds, after, limit } = query;
    const question = { analyzer: 'waste', filter: filterOf(query) };
    return services.history.findings({ ...question, ...defined({ state, kinds, after, limit }) });
  });
};
