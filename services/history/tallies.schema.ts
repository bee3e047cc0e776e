/** Counts for who looks at the whole estate: what policies come to, and where scanning fails. */
import Type, { type Static } from 'typebox';
import { Instant, ResourceFilter } from '../../lib/resource.ts';
import { CoverageSummary, Group } from './questions.schema.ts';

/** What the latest evaluations can be counted by. An evaluation of several rules counts for each. */
export const VerdictDimension = Type.Union([
  Type.Literal('decision'),
  Type.Literal('policy'),
  Type.Literal('rule'),
  Type.Literal('effect'),
  Type.Literal('error'),
  Type.Literal('environment'),
  Type.Literal('type'),
  Type.Literal('account'),
  Type.Literal('region'),
]);
export type VerdictDimension = Static<typeof VerdictDimension>;

/** The units of one account and region together. */
export const Cell = Type.Object({
  account: Type.String(),
  region: Type.String(),
  units: Type.Integer(),
  complete: Type.Integer(),
  partial: Type.Integer(),
  failed: Type.Integer(),
  skipped: Type.Integer(),
  resources: Type.Integer({ description: 'That the last observations found.' }),
  finished: Instant,
  oldest: Type.String({ description: 'Oldest last complete observation of its units, "" when one has none.' }),
  errors: Type.Array(Type.String(), { description: 'Codes of what is not complete, the most frequent first.' }),
});
export type Cell = Static<typeof Cell>;

const filter = Type.Optional(ResourceFilter);

export const tallies = {
  verdicts: {
    text: 'The latest evaluations of live resources, counted by what `by` names, the most first.',
    read: true,
    timeoutMs: 30_000,
    params: Type.Object({
      filter,
      by: Type.Array(VerdictDimension, { minItems: 1, maxItems: 3 }),
      decisions: Type.Optional(Type.Array(Type.String())),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: '100 if absent.' })),
    }),
    result: Type.Object({
      groups: Type.Array(Group),
      total: Type.Integer({ description: 'Of all groups, also those that `limit` cut off.' }),
      coverage: CoverageSummary,
    }),
  },
  grid: {
    text: 'Accounts × regions: how the last observations of their units went.',
    read: true,
    params: Type.Object({ filter }),
    result: Type.Object({ cells: Type.Array(Cell), coverage: CoverageSummary }),
  },
} as const;
