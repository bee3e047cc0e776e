/** The memory: versions, changes, coverage, decisions. Only this service holds the ClickHouse client. */
import Type, { type Static } from 'typebox';
import { defineContract } from '../../lib/contract.ts';
import {
  Attribution,
  Change,
  Coverage,
  Instant,
  ObservationState,
  Resource,
  ResourceFilter,
  Unit,
} from '../../lib/resource.ts';
import { analysis } from './analysis.schema.ts';
import { decisionActions } from './decisions.schema.ts';
import { Evaluation } from './evaluation.schema.ts';
import { Exemption, UsedExemption } from './exemptions.schema.ts';
import { Actors, CoverageSummary, Next, Page, questions, Revision } from './questions.schema.ts';
import { RecordQuestion, RecordRequest, StoredPlan, StoredRecord } from './records.schema.ts';
import { tallies, VerdictDimension } from './tallies.schema.ts';
import {
  type AttributedChange,
  type OpenChange,
  type TrailCursor,
  type TrailEvent,
  trailActions,
} from './trail.schema.ts';
import { numbering, writing } from './writing.schema.ts';

export { LoggedDecision } from './decisions.schema.ts';
export { ChangeDimension, Dimension, Step } from './questions.schema.ts';

export type {
  AttributedChange,
  Exemption,
  OpenChange,
  RecordQuestion,
  RecordRequest,
  StoredPlan,
  StoredRecord,
  TrailCursor,
  TrailEvent,
  UsedExemption,
};
export { CoverageSummary, Evaluation, VerdictDimension };

/** A resource with what only the memory knows of it. */
export const StoredResource = Type.Interface([Resource], {
  first_seen: Instant,
  last_seen: Type.String({ description: 'Finish of the last complete observation that saw it.' }),
  state_since: Type.String({ description: 'Since when `status` is what it is.' }),
  revision: Revision,
});
export type StoredResource = Static<typeof StoredResource>;

export const historyContract = defineContract({
  name: 'history',
  text: 'Remembers every version of every resource for 30 days, with coverage.',
  actions: {
    ...writing,
    resources: {
      text: 'Resources now or as of an instant.',
      read: true,
      params: Type.Object({ filter: Type.Optional(ResourceFilter), at: Type.Optional(Instant), ...Page }),
      result: Type.Object({ resources: Type.Array(StoredResource), ...Next, coverage: CoverageSummary }),
    },
    changes: {
      text: 'Changes, newest first. Baselines are left out unless asked for.',
      read: true,
      params: Type.Object({
        filter: Type.Optional(ResourceFilter),
        since: Type.Optional(Instant),
        until: Type.Optional(Instant),
        since_revision: Type.Optional(Revision),
        baseline: Type.Optional(Type.Boolean()),
        ...Actors,
        ...Page,
      }),
      result: Type.Object({ changes: Type.Array(Change), ...Next, coverage: CoverageSummary }),
    },
    timeline: {
      text: 'One resource: its versions, changes and evaluations, newest first. `id` may be a part of the ARN when it is unique.',
      read: true,
      params: Type.Object({ id: Type.String({ minLength: 1 }), limit: Page.limit }),
      result: Type.Object({
        id: Type.String(),
        live: Type.Boolean(),
        lives: Type.Array(
          Type.Object({
            began: Instant,
            ended: Type.String({ description: '"" while it lasts.' }),
            created_at: Type.String({ description: 'As the provider tells it, "" when it does not.' }),
          }),
          { description: 'A name that was made again is another life; the newest first.' },
        ),
        versions: Type.Array(Type.Object({ at: Instant, revision: Revision, resource: Resource })),
        changes: Type.Array(Change),
        evaluations: Type.Array(Evaluation),
        actions: Type.Array(
          Type.Object({
            at: Instant,
            plan: Type.String(),
            action: Type.String(),
            kind: Type.String({ description: "The record's word: proposed, approved, done …" }),
            by: Type.String(),
            text: Type.String({ description: 'What is done, in words.' }),
          }),
          { description: 'What plans proposed for it, and what became of that.' },
        ),
        coverage: CoverageSummary,
      }),
    },
    coverage: {
      text: 'The last observation of each unit.',
      read: true,
      params: Type.Object({ filter: Type.Optional(ResourceFilter), scan: Type.Optional(Type.String()) }),
      result: Type.Object({ units: Type.Array(Coverage), summary: CoverageSummary }),
    },
    pace: {
      text: 'Of each unit that was read whole twice since: the time between the last two, and whether the later one saw a change.',
      read: true,
      params: Type.Object({ accounts: Type.Array(Type.String(), { maxItems: 1000 }), since: Instant }),
      result: Type.Object({
        units: Type.Array(
          Type.Object({
            account: Type.String(),
            region: Type.String(),
            type: Type.String(),
            between_ms: Type.Integer(),
            changed: Type.Boolean(),
          }),
        ),
      }),
    },
    due: {
      text: 'Units with something to judge: changed since they were judged, judged by another bundle, or too long ago.',
      read: true,
      params: Type.Object({ bundle: Type.String(), judged_before: Instant, filter: Type.Optional(ResourceFilter) }),
      result: Type.Object({
        units: Type.Array(
          Type.Object({
            unit: Unit,
            since: Type.Optional(Revision),
            upto: Revision,
          }),
        ),
      }),
    },
    judging: {
      text: "What a unit's policies look at, as text that can be handed to a worker: one JSON object a line.",
      read: true,
      timeoutMs: 60_000,
      params: Type.Object({
        unit: Unit,
        since: Type.Optional(Revision),
        upto: Revision,
        join: Type.Array(Type.String(), { description: 'Types whose referenced resources come along.' }),
        ...Page,
      }),
      result: Type.Object({
        lines: Type.String({ description: 'JudgingRow as NDJSON.' }),
        rows: Type.Integer(),
        ...Next,
      }),
    },
    evaluations: {
      text: 'The latest evaluation of each policy for live resources.',
      read: true,
      params: Type.Object({
        filter: Type.Optional(ResourceFilter),
        decisions: Type.Optional(Type.Array(Type.String())),
        policies: Type.Optional(Type.Array(Type.String())),
        rules: Type.Optional(Type.Array(Type.String())),
        since: Type.Optional(Instant),
        ...Page,
      }),
      result: Type.Object({ evaluations: Type.Array(Evaluation), ...Next, coverage: CoverageSummary }),
    },
    ...trailActions,
    exemptions: {
      text: 'Exceptions from policies that were not removed, expired ones too, with how many results each changes.',
      read: true,
      params: Type.Object({}),
      result: Type.Object({ exemptions: Type.Array(UsedExemption) }),
    },
    exempt: {
      text: 'Stores a new exception from policies; what it touches becomes due.',
      params: Exemption,
      result: Type.Object({}),
    },
    unexempt: {
      text: 'Removes an exception from policies; what it touched becomes due.',
      params: Type.Object({ id: Type.String() }),
      result: Type.Object({}),
    },
    ...questions,
    ...decisionActions,
    ...analysis,
    ...tallies,
    ...numbering,
    record: {
      text: 'Appends a record to a stream that still ends where its writer thinks; it is on the disk when this answers.',
      timeoutMs: 30_000,
      params: RecordRequest,
      result: Type.Object({ seq: Type.Integer() }),
    },
    records: {
      text: 'Records by stream, then in their order.',
      read: true,
      timeoutMs: 30_000,
      params: RecordQuestion,
      result: Type.Object({ records: Type.Array(StoredRecord) }),
    },
    keep: {
      text: 'Stores a plan, which never changes afterwards.',
      timeoutMs: 30_000,
      params: StoredPlan,
      result: Type.Object({}),
    },
    plans: {
      text: 'Plans, newest first, or one.',
      read: true,
      timeoutMs: 30_000,
      params: Type.Object({
        id: Type.Optional(Type.String()),
        since: Type.Optional(Instant),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      }),
      result: Type.Object({ plans: Type.Array(StoredPlan) }),
    },
    referrers: {
      text: 'Live resources that refer to any of these: what would break if they went.',
      read: true,
      params: Type.Object({ ids: Type.Array(Type.String(), { maxItems: 5000 }) }),
      result: Type.Object({
        referrers: Type.Array(
          Type.Object({ target: Type.String(), id: Type.String(), type: Type.String(), name: Type.String() }),
        ),
      }),
    },
    status: {
      text: 'What the store holds and whether it can be written.',
      read: true,
      params: Type.Object({}),
      result: Type.Object({
        engine: Type.String(),
        revision: Revision,
        resources: Type.Integer(),
        versions: Type.Integer(),
        bytes: Type.Integer(),
        last_commit: Type.String(),
      }),
    },
  },
  events: {
    changed: {
      text: 'A commit wrote versions or tombstones of a unit. Volatile: who must not miss it asks `due`.',
      payload: Type.Object({
        unit: Unit,
        scan: Type.String(),
        revision: Revision,
        versions: Type.Integer(),
        gone: Type.Integer(),
      }),
    },
    observed: {
      text: 'An observation was closed.',
      payload: Coverage,
    },
  },
});

/** What of the memory is shared out: each process with the role history writes the accounts of the shards that it holds. */
export const writerContract = defineContract({
  name: 'writer',
  text: 'Writes the accounts whose shards this process holds (cluster only). Who calls names the process: history.client.ts does.',
  actions: {
    ...writing,
    shards: {
      text: 'The shards that this process holds.',
      read: true,
      params: Type.Object({}),
      result: Type.Object({ held: Type.Array(Type.Integer()) }),
    },
    leave: {
      text: 'Hands its shards on and takes none again: the process stops.',
      timeoutMs: 30_000,
      params: Type.Object({}),
      result: Type.Object({}),
    },
  },
  events: {},
});

/**
 * One line of `judging`. `history` holds earlier versions, newest first; `related` the current versions of what the
 * resource refers to, of the joined types; `attribution` who is behind its
 * newest change; `last` the stored hash of each policy's result, by policy name.
 */
export const JudgingRow = Type.Object({
  resource: Resource,
  revision: Revision,
  history: Type.Array(Resource),
  facts: Type.Object({
    first_seen: Instant,
    last_seen: Type.String(),
    state_since: Type.String(),
    changes: Type.Integer({ description: 'Changes within the retention window, the baseline not counted.' }),
    window_days: Type.Number({ description: 'How long the resource has been watched, in days.' }),
    coverage: ObservationState,
  }),
  related: Type.Record(Type.String(), Resource),
  attribution: Type.Optional(Attribution),
  last_actor: Type.Optional(Type.String({ description: 'Behind the newest change of which somebody is known.' })),
  last: Type.Record(Type.String(), Type.String()),
});
export type JudgingRow = Static<typeof JudgingRow>;
