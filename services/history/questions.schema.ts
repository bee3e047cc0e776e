/** The temporal questions: how many there were, what happened when, how long something is as it is, what belonged together. */
import Type, { type Static } from 'typebox';
import { Change, Instant, ResourceFilter } from '../../lib/resource.ts';

export const CoverageSummary = Type.Object({
  units: Type.Integer(),
  complete: Type.Integer(),
  stale: Type.Integer({ description: 'Units whose last attempt was not complete.' }),
  missing: Type.Integer({ description: 'Units that were never observed completely.' }),
  oldest: Type.String({ description: 'Finish of the oldest last complete observation, "" when none.' }),
});
export type CoverageSummary = Static<typeof CoverageSummary>;

/** Decimal string of a 64-bit number. */
export const Revision = Type.String({ pattern: '^[0-9]+$' });
export const Page = {
  after: Type.Optional(Type.String({ description: 'The `next` of the page before.' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
};
export const Next = {
  next: Type.Optional(Type.String({ description: 'Ask for the next page with this; absent on the last.' })),
};

/** What resources can be counted by. */
export const Dimension = Type.Union([
  Type.Literal('type'),
  Type.Literal('account'),
  Type.Literal('region'),
  Type.Literal('status'),
  Type.Literal('owner'),
]);
export type Dimension = Static<typeof Dimension>;

/** What changes can be counted by. */
export const ChangeDimension = Type.Union([
  Type.Literal('kind'),
  Type.Literal('actor'),
  Type.Literal('actor_kind'),
  Type.Literal('event'),
  Type.Literal('type'),
  Type.Literal('account'),
  Type.Literal('region'),
]);
export type ChangeDimension = Static<typeof ChangeDimension>;

export const Step = Type.Union([Type.Literal('hour'), Type.Literal('day'), Type.Literal('week')]);
export type Step = Static<typeof Step>;

/** Only changes of which this is known; "" stands for those of which it is not. */
export const Actors = {
  actors: Type.Optional(Type.Array(Type.String(), { maxItems: 1000 })),
  actor_kinds: Type.Optional(Type.Array(Type.String(), { maxItems: 4 })),
};

const filter = Type.Optional(ResourceFilter);
const Key = Type.Record(Type.String(), Type.String(), { description: 'Dimension → value.' });
export const Group = Type.Object({ key: Key, count: Type.Integer() });
export type Group = Static<typeof Group>;

const Top = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: 1000,
    description: 'Series that are told apart; the rest is one. 20 if absent.',
  }),
);
const Numbers = Type.Array(Type.Integer());
const Series = {
  at: Type.Array(Instant),
  total: Numbers,
  series: Type.Array(Type.Object({ key: Key, values: Numbers }), { description: 'The largest at the end first.' }),
  rest: Type.Array(Type.Integer(), { description: 'Sum of the series that are not told apart.' }),
};

export const Related = Type.Object({
  id: Type.String(),
  account: Type.String({ description: '"" when it is not remembered.' }),
  region: Type.String(),
  type: Type.String(),
  name: Type.String(),
  live: Type.Boolean(),
  direction: Type.Union([Type.Literal('to'), Type.Literal('from')], {
    description: 'to: the resource refers to it; from: it refers to the resource.',
  }),
  from: Type.String({ description: 'First version that has it; it was so before when `began` is false.' }),
  began: Type.Boolean({ description: 'It was seen to begin: an earlier version did not have it.' }),
  until: Type.String({ description: 'First version that has it no more, "" while it lasts.' }),
});
export type Related = Static<typeof Related>;

export const Found = Type.Object({
  id: Type.String(),
  account: Type.String(),
  region: Type.String(),
  type: Type.String(),
  name: Type.String(),
  status: Type.String(),
  live: Type.Boolean(),
  matched: Type.String({ description: 'id, name, tag or place: where the first word was found.' }),
});
export type Found = Static<typeof Found>;

export const Standing = Type.Object({
  id: Type.String(),
  account: Type.String(),
  region: Type.String(),
  type: Type.String(),
  name: Type.String(),
  status: Type.String(),
  state_since: Instant,
  at_least: Type.Boolean({ description: 'It was so already when it was first seen.' }),
});
export type Standing = Static<typeof Standing>;

export const questions = {
  counts: {
    text: 'Resources by type, and by what `by` names, now or as of an instant.',
    read: true,
    params: Type.Object({
      filter,
      at: Type.Optional(Instant),
      by: Type.Optional(Type.Array(Dimension, { minItems: 1, maxItems: 3 })),
      limit: Page.limit,
    }),
    result: Type.Object({
      types: Type.Record(Type.String(), Type.Integer()),
      groups: Type.Optional(Type.Array(Group, { description: 'With `by`: the largest first.' })),
      rest: Type.Optional(Type.Integer({ description: 'Resources of groups that `limit` cut off.' })),
      coverage: CoverageSummary,
    }),
  },
  series: {
    text: 'How many resources there were, from an instant to another in steps; each figure as of its instant.',
    read: true,
    timeoutMs: 30_000,
    params: Type.Object({
      filter,
      from: Instant,
      to: Type.Optional(Instant),
      step: Type.Optional(Step),
      by: Type.Optional(Type.Array(Dimension, { minItems: 1, maxItems: 2 })),
      top: Top,
    }),
    result: Type.Object({
      ...Series,
      units: Type.Array(Type.Integer(), { description: 'Units that had been observed completely by then.' }),
      coverage: CoverageSummary,
    }),
  },
  activity: {
    text: 'How many changes there were in each hour, day or week, and of what. Baselines are left out.',
    read: true,
    timeoutMs: 30_000,
    params: Type.Object({
      filter,
      from: Instant,
      to: Type.Optional(Instant),
      step: Type.Optional(Step),
      by: Type.Optional(Type.Array(ChangeDimension, { minItems: 1, maxItems: 3 })),
      top: Top,
      ...Actors,
    }),
    result: Type.Object({ ...Series, coverage: CoverageSummary }),
  },
  diff: {
    text: 'The net difference of two instants, each with who made the last change to it, and counted by what `by` names.',
    read: true,
    timeoutMs: 30_000,
    params: Type.Object({
      filter,
      from: Instant,
      to: Instant,
      by: Type.Optional(Type.Array(ChangeDimension, { minItems: 1, maxItems: 3 })),
      baseline: Type.Optional(Type.Boolean({ description: 'false leaves out what a first scan found.' })),
      ...Actors,
      after: Page.after,
      limit: Type.Optional(
        Type.Integer({ minimum: 0, maximum: 10_000, description: '1000 if absent; 0 asks for the counts alone.' }),
      ),
    }),
    result: Type.Object({
      changes: Type.Array(Change),
      groups: Type.Optional(Type.Array(Group, { description: 'With `by`: all of it, not of the page only.' })),
      ...Next,
      coverage: CoverageSummary,
    }),
  },
  search: {
    text: 'Finds resources by words of their id, name, tags, type, account or region: the best first. Gone ones come last.',
    read: true,
    params: Type.Object({
      text: Type.String({ minLength: 1, maxLength: 500, description: 'All words must be found; key=value is a tag.' }),
      filter,
      gone: Type.Optional(Type.Boolean({ description: 'Also what is gone.' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: '20 if absent.' })),
    }),
    result: Type.Object({ found: Type.Array(Found), total: Type.Integer(), coverage: CoverageSummary }),
  },
  states: {
    text: 'Resources by how long they are in their state, now or as of an instant: counted, and the longest first.',
    read: true,
    params: Type.Object({
      filter,
      at: Type.Optional(Instant),
      since_before: Type.Optional(Type.String({ description: 'Only those whose state began before this instant.' })),
      ...Page,
    }),
    result: Type.Object({
      groups: Type.Array(
        Type.Object({
          type: Type.String(),
          status: Type.String(),
          count: Type.Integer(),
          day: Type.Integer({ description: 'In it for less than a day.' }),
          week: Type.Integer({ description: 'A day to a week.' }),
          month: Type.Integer({ description: 'A week to 30 days.' }),
          longer: Type.Integer(),
          oldest: Instant,
        }),
        { description: 'The most first, 1000 at most. Of the whole, whichever page.' },
      ),
      resources: Type.Array(Standing),
      ...Next,
      coverage: CoverageSummary,
    }),
  },
  relations: {
    text: 'What a resource referred to and what referred to it, each from when until when. `id` may be a part of the ARN when it is unique.',
    read: true,
    params: Type.Object({ id: Type.String({ minLength: 1 }), at: Type.Optional(Instant), limit: Page.limit }),
    result: Type.Object({
      id: Type.String(),
      relations: Type.Array(Related, { description: 'What lasts first, then the newest.' }),
      coverage: CoverageSummary,
    }),
  },
} as const;
