/** From waiting requests to one revision and back to their answers. Reads what the plans need in a few questions. */
import type { Store } from '../../lib/clickhouse/store.ts';
import type { Terms } from '../../lib/clickhouse/terms.ts';
import { elavaError } from '../../lib/errors.ts';
import { type Coverage, type Unit, unitKey } from '../../lib/resource.ts';
import type { Ledger } from './commit.ts';
import { hashesAt, knownVersions, resourceKey, unitStates } from './known.ts';
import { type ObservationPlanner, observationPlanner } from './observe.ts';
import { type Batch, planIngest, type Version } from './plan-ingest.ts';
import type { Judged, Revision, StoredAttribution, StoredEvaluation } from './revision-rows.ts';
import type { AttributedWork, IngestWork, JudgedWork, ObserveWork, Work, Written } from './work.ts';

/** Told after the commit, once for each unit that has news. */
export interface Heard {
  readonly changed: (news: { unit: Unit; scan: string; revision: string; versions: number; gone: number }) => void;
  readonly observed: (coverage: Coverage) => void;
}

interface Plan {
  readonly result: Written | Error;
  readonly versions?: readonly Version[];
  readonly observation?: Revision['observations'][number];
  readonly evaluations?: readonly StoredEvaluation[];
  readonly mark?: Judged | undefined;
  readonly attributions?: readonly StoredAttribution[];
}

/** Which accounts this process writes, where several share them. */
export interface Holding {
  /** Of all that it holds now: what is written under them is refused once another holds one of them. */
  terms(): Terms;
  isOf(terms: Terms, account: string): boolean;
}
/** Where one process writes all. */
const everything: Holding = { terms: () => ({}), isOf: () => true };

export interface GroupParts {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly heard: Heard;
  readonly holding?: Holding | undefined;
}

/** Makes the function that writes one group. One group at a time. */
export function groupWriter({ store, ledger, heard, holding = everything }: GroupParts) {
  const baselines = new Baselines(store);
  return async (group: readonly Work[]): Promise<(Written | Error)[]> => {
    // Before anything is read: what is planned from is then written under these terms, or not at all.
    const terms = holding.terms();
    const ours = group.filter(({ unit }) => holding.isOf(terms, unit.account));
    const observes = ours.filter((work) => work.kind === 'observe');
    const [ingested, planObserved] = await Promise.all([
      planBatches(store, baselines, ours.filter(hasBatch)),
      observes.length > 0 ? observationPlanner(store, observes) : undefined,
    ]);
    const plans = new Map<Work, Plan>([
      ...ingested,
      ...(planObserved
        ? observes.map((work) => [work, planClosing(work, ingested.get(work), planObserved)] as const)
        : []),
      ...ours.filter((work) => work.kind === 'judged').map((work) => [work, planJudged(work)] as const),
      ...ours.filter((work) => work.kind === 'attributed').map((work) => [work, planAttributed(work)] as const),
    ]);
    const ordered = group.map((work) => plans.get(work) ?? notOurs(work));
    const revision: Revision = {
      versions: ordered.flatMap((plan) => plan.versions ?? []),
      observations: ordered.flatMap((plan) => plan.observation ?? []),
      evaluations: ordered.flatMap((plan) => plan.evaluations ?? []),
      judged: ordered.flatMap((plan) => plan.mark ?? []),
      attributions: ordered.flatMap((plan) => plan.attributions ?? []),
    };
    if (isNothing(revision)) return ordered.map(({ result }) => result);
    const rev = await ledger.write(revision, terms);
    announce(group, ordered, { heard, rev });
    return ordered.map(({ result }) => result);
  };
}

function notOurs({ unit }: Work): Plan {
  return { result: elavaError('NOT_LEADER', `another process writes account ${unit.account} by now`) };
}

function isScanned(work: Work): work is IngestWork | ObserveWork {
  return work.kind === 'ingest' || work.kind === 'observe';
}

function isNothing(revision: Revision): boolean {
  return Object.values(revision).every((rows) => rows.length === 0);
}

function hasBatch(work: Work): work is Batched {
  return isScanned(work) && work.batch !== undefined;
}

/** An observation with the batch that came with it; of a batch that is refused, neither. */
function planClosing(
  work: ObserveWork,
  { result, versions = [] }: Plan = { result: { written: 0 } },
  plan: ObservationPlanner,
): Plan {
  if (result instanceof Error) return { result };
  const closed = plan(work, versions);
  return { ...closed, versions: [...versions, ...(closed.versions ?? [])] };
}

function planJudged({ evaluations, mark }: JudgedWork): Plan {
  return { result: { written: evaluations.length }, evaluations, mark };
}

function planAttributed({ attributions }: AttributedWork): Plan {
  return { result: { written: attributions.length }, attributions };
}

type Batched = (IngestWork | ObserveWork) & { readonly batch: Batch };

async function planBatches(store: Store, baselines: Baselines, works: readonly Batched[]): Promise<Map<Work, Plan>> {
  if (works.length === 0) return new Map();
  const units = [...new Map(works.map(({ unit }) => [unitKey(unit), unit])).values()];
  const ids = works.flatMap(({ batch }) => batch.resources.map(({ resource }) => resource.id));
  const [first, known] = await Promise.all([baselines.among(units), knownVersions(store, units, ids)]);
  const sameInstant = works.flatMap(({ unit, batch }) =>
    batch.resources.flatMap(({ resource: { id } }) => {
      const at = known.get(resourceKey(unit, id))?.at;
      return at === batch.at ? { id, at } : [];
    }),
  );
  const replayed = await hashesAt(store, units, sameInstant);
  return new Map(
    works.map((work): [Work, Plan] => {
      const baseline = first.has(unitKey(work.unit));
      try {
        const versions = planIngest(work.batch, { known, replayed, baseline });
        return [work, { result: { written: versions.length }, versions }];
      } catch (error) {
        return [work, { result: error as Error }];
      }
    }),
  );
}

/** Units that are remembered at most; more are asked for again. */
const MOST_UNITS = 20_000;

/** Knows which units were never observed completely. One that was stays so, which need not be asked twice. */
class Baselines {
  readonly #store: Store;
  readonly #observed = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  async among(units: readonly Unit[]): Promise<Set<string>> {
    const unknown = units.filter((unit) => !this.#observed.has(unitKey(unit)));
    if (unknown.length === 0) return new Set();
    const states = await unitStates(this.#store, unknown);
    if (this.#observed.size > MOST_UNITS) this.#observed.clear();
    for (const [key, { last_complete }] of states) if (last_complete > 0) this.#observed.add(key);
    return new Set(unknown.map(unitKey).filter((key) => !this.#observed.has(key)));
  }
}

function announce(group: readonly Work[], plans: readonly Plan[], { heard, rev }: { heard: Heard; rev: number }): void {
  for (const [i, work] of group.entries()) {
    const plan = plans[i];
    if (!plan || plan.result instanceof Error || !isScanned(work)) continue;
    const versions = plan.versions ?? [];
    const gone = versions.filter(({ kind }) => kind === 'disappeared').length;
    const { scan } = work.kind === 'ingest' ? work.batch : work.observed;
    if (versions.length > 0) {
      heard.changed({ unit: work.unit, scan, revision: String(rev), versions: versions.length - gone, gone });
    }
    if (plan.result.coverage && plan.observation) heard.observed(plan.result.coverage);
  }
}
