/** What scanners and evaluators write, by units; and how those who write agree on revisions. */
import Type from 'typebox';
import { Coverage, Instant, ObservationState, Resource, Unit } from '../../lib/resource.ts';
import { Evaluation } from './evaluation.schema.ts';
import { Next, Page, Revision } from './questions.schema.ts';

const batch = {
  batch: Type.String(),
  resources: Type.Array(Type.Object({ hash: Type.String({ description: '16 hex digits.' }), resource: Resource }), {
    maxItems: 5000,
  }),
};
const observation = {
  scan: Type.String(),
  unit: Unit,
  started: Instant,
  finished: Instant,
  state: ObservationState,
  error: Type.String(),
  detail: Type.String(),
  count: Type.Integer({ minimum: 0 }),
  absent: Type.Array(Type.String(), {
    maxItems: 100_000,
    description: 'Known ids that a complete listing did not return.',
  }),
};

export const writing = {
  known: {
    text: 'Content hashes of the live resources of a unit, to compare a scan with.',
    read: true,
    params: Type.Object({ unit: Unit, ...Page }),
    result: Type.Object({
      entries: Type.Array(Type.Object({ id: Type.String(), hash: Type.String() })),
      ...Next,
      baseline: Type.Boolean({ description: 'No complete observation of the unit exists yet.' }),
    }),
  },
  ingest: {
    text: 'Stores changed resources of a unit. The batch id is deterministic: a replay of a batch changes nothing.',
    timeoutMs: 60_000,
    params: Type.Object({ scan: Type.String(), unit: Unit, at: Instant, ...batch }),
    result: Type.Object({
      written: Type.Integer({ description: 'Versions written; fewer than sent when some were known.' }),
    }),
  },
  observe: {
    text: "Closes a unit's observation: writes coverage and, only when it is complete, what disappeared.",
    timeoutMs: 60_000,
    params: Type.Object(observation),
    result: Coverage,
  },
  conclude: {
    text: "`ingest` of a unit's last batch, as of `finished`, and `observe` in one revision. No resource may be absent as well.",
    timeoutMs: 60_000,
    params: Type.Object({ ...observation, ...batch }),
    result: Coverage,
  },
  judged: {
    text: 'Stores the evaluations that changed; with the last page also how far the unit is judged.',
    timeoutMs: 60_000,
    params: Type.Object({
      unit: Unit,
      bundle: Type.String(),
      at: Instant,
      evaluations: Type.Array(Evaluation, { maxItems: 5000 }),
      cleared: Type.Array(Type.Object({ resource_id: Type.String(), policy_name: Type.String() }), {
        description: 'Evaluations that no longer hold, such as of a policy that is gone.',
      }),
      since: Type.Optional(
        Type.String({
          pattern: '^[0-9]+$',
          description: 'As `due` gave it; absent: every resource of the unit was judged.',
        }),
      ),
      upto: Type.Optional(Revision),
    }),
    result: Type.Object({ written: Type.Integer() }),
  },
};

const Writer = Type.String({ description: 'Of one process, and of one start of it.' });
const Seq = Type.Integer({ description: 'Grows with each revision that the writer begins.' });
const Terms = Type.Record(Type.String(), Type.Integer(), { description: 'Shard → term of whoever holds it.' });

/** Between processes that write: `services/history/commit.ts` says what each is for. Asked twice they do the same. */
export const numbering = {
  begin: {
    text: 'Gives a writer the number of its next revision.',
    params: Type.Object({ writer: Writer, seq: Seq, terms: Terms }),
    result: Type.Object({
      rev: Type.Integer(),
      history: Type.Optional(Type.Integer({ description: 'Term to write under.' })),
    }),
  },
  end: {
    text: 'All of a revision is in the store; answers when readers see it.',
    timeoutMs: 60_000,
    params: Type.Object({ rev: Type.Integer(), rows: Type.Integer() }),
    result: Type.Object({}),
  },
  settle: {
    text: "Completes a writer's last revision, of which something failed.",
    timeoutMs: 60_000,
    params: Type.Object({ writer: Writer, seq: Seq }),
    result: Type.Object({}),
  },
  inherit: {
    text: 'Shards have another writer: what the last one left half written is completed.',
    timeoutMs: 60_000,
    params: Type.Object({ terms: Terms }),
    result: Type.Object({}),
  },
};
