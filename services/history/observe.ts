/** Closes observations: what disappeared, and a row of coverage for each. A replay is answered from the ledger. */
import type { Store } from '../../lib/clickhouse/store.ts';
import { type Coverage, unitKey } from '../../lib/resource.ts';
import { judgeAbsence } from './brake.ts';
import {
  type KnownResource,
  knownResources,
  liveCounts,
  NEVER,
  observationsOf,
  resourceKey,
  type StoredObservation,
  type UnitState,
  unitStates,
  writtenBy,
} from './known.ts';
import type { Observation } from './observation.ts';
import type { Version } from './plan-ingest.ts';
import { tombstone } from './tombstone.ts';
import type { Observed, ObserveWork } from './work.ts';

interface ObservePlan {
  readonly result: { readonly written: number; readonly coverage: Coverage };
  readonly versions?: readonly Version[];
  readonly observation?: Observation;
}
interface UnitMemory {
  readonly state: UnitState;
  readonly live: number;
  /** What the scan has written so far. */
  readonly written: { readonly changed: number; readonly gone: number };
  /** Live resources among the absent ones. */
  readonly missed: readonly KnownResource[];
}

/** Told of the versions that the batch of the observation makes, which the store does not know yet. */
export type ObservationPlanner = (work: ObserveWork, versions: readonly Version[]) => ObservePlan;

/** Reads together what the plans of some observations need. */
export async function observationPlanner(store: Store, works: readonly ObserveWork[]): Promise<ObservationPlanner> {
  const units = works.map(({ unit }) => unit);
  const scans = [...new Set(works.map(({ observed }) => observed.scan))];
  // Only a complete observation says anything about absence: what the others miss is not even looked up.
  const complete = works.filter(({ observed }) => observed.state === 'complete' && observed.absent.length > 0);
  const absent = complete.flatMap(({ observed }) => observed.absent);
  const [states, stored, written, known, live] = await Promise.all([
    unitStates(store, units),
    observationsOf(store, units, scans),
    writtenBy(store, units, scans),
    knownResources(
      store,
      complete.map(({ unit }) => unit),
      absent,
    ),
    liveCounts(
      store,
      complete.map(({ unit }) => unit),
    ),
  ]);
  return ({ unit, observed }, versions) => {
    const replay = stored.find((row) => isSame(row, observed));
    if (replay) return { result: { written: 0, coverage: toCoverage(replay) } };
    const key = unitKey(unit);
    const { changed, gone } = written.get(`${key} ${observed.scan}`) ?? { changed: 0, gone: 0 };
    return planObservation(observed, {
      state: states.get(key) ?? NEVER,
      live: versions.reduce((count, { delta }) => count + delta, live.get(key) ?? 0),
      written: { changed: changed + versions.length, gone },
      missed: missedOf(observed, known),
    });
  };
}

function missedOf({ unit, absent, state }: Observed, known: ReadonlyMap<string, KnownResource>): KnownResource[] {
  if (state !== 'complete') return [];
  return [...new Set(absent)].flatMap((id) => {
    const found = known.get(resourceKey(unit, id));
    return found?.live ? found : [];
  });
}

/** Pure: tombstones and the coverage row that one observation comes to. */
export function planObservation(observed: Observed, memory: UnitMemory): ObservePlan {
  const { unit, scan, started, finished, state, error, detail, count } = observed;
  const missed = new Map(memory.missed.map((resource) => [resource.rid, resource]));
  const verdict = judgeAbsence(
    { state, scan, started, finished, missed: [...missed.keys()], live: memory.live },
    memory.state,
  );
  const gone = verdict.gone.flatMap((rid) => missed.get(rid) ?? []);
  const baseline = state === 'complete' && memory.state.last_complete === 0;
  const counts = { changed: memory.written.changed, gone: memory.written.gone + gone.length };
  const row = { ...unit, scan, started, finished, state, error, detail, count, ...counts, baseline };
  const { last_complete, held_by, held_seen } = verdict;
  const observation = { ...row, last_complete, held: verdict.held, held_by, held_seen };
  const versions = gone.map((resource, i) => tombstone(resource, observation, i === 0));
  return {
    result: { written: versions.length, coverage: toCoverage({ ...row, held: verdict.held.length }) },
    versions,
    observation,
  };
}

function isSame(row: StoredObservation, observed: Observed): boolean {
  return (
    unitKey(row) === unitKey(observed.unit) &&
    row.scan === observed.scan &&
    row.started === observed.started &&
    row.finished === observed.finished &&
    row.state === observed.state
  );
}

export function toCoverage({ started, finished, ...row }: StoredObservation): Coverage {
  return { ...row, started: new Date(started).toISOString(), finished: new Date(finished).toISOString() };
}
