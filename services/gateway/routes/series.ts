import Type, { type Static } from 'typebox';
import { ChangeDimension, Dimension, Step } from '../../history/history.contract.ts';
import { answersOf } from '../answers.ts';
import { ActorQuery, defined, FilterQuery, filterOf, InstantQuery, instantOf } from '../query.ts';
import type { Route } from '../route.ts';

const Window = {
  ...FilterQuery,
  from: Type.String({ default: '30d', description: 'The earlier instant, as `at`.' }),
  to: InstantQuery,
  step: Type.Optional(Step),
  top: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Series that are told apart.' })),
};
const Counts = Type.Object(
  { ...Window, by: Type.Optional(Type.Array(Dimension, { minItems: 1, maxItems: 2 })) },
  { additionalProperties: false },
);
const Changes = Type.Object(
  { ...Window, ...ActorQuery, by: Type.Optional(Type.Array(ChangeDimension, { minItems: 1, maxItems: 3 })) },
  { additionalProperties: false },
);

/** Counts over time. */
export const seriesRoute: Route = (server, services) => {
  const { history } = services;
  const answers = answersOf(services);
  const schema = { summary: 'How many resources there were, instant by instant.', querystring: Counts };
  server.get<{ Querystring: Static<typeof Counts> }>('/api/series', { schema }, ({ query, url }) => {
    const { step, by, top } = query;
    const window = { from: instantOf(query.from) ?? '', ...defined({ to: instantOf(query.to), step, by, top }) };
    return answers.ask(url, () => history.series({ filter: filterOf(query), ...window }));
  });
};

/** Changes over time. */
export const activityRoute: Route = (server, services) => {
  const { history } = services;
  const answers = answersOf(services);
  const schema = { summary: 'How many changes there were, day by day, and whose.', querystring: Changes };
  server.get<{ Querystring: Static<typeof Changes> }>('/api/activity', { schema }, ({ query, url }) => {
    const { step, by, top, actor: actors, actor_kind: actor_kinds } = query;
    const more = defined({ to: instantOf(query.to), step, by, top, actors, actor_kinds });
    const from = instantOf(query.from) ?? '';
    return answers.ask(url, () => history.activity({ filter: filterOf(query), from, ...more }));
  });
};
