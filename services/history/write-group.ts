/** From waiting requests to one revision and back to their answers. Reads what the plans need in a few questions. */
import type { Store } from '../../lib/clickhouse/store.ts';
import { type Coverage, type Unit, unitKey } from '../../lib/resource.ts';
import type { Judged, Ledger, Revision, StoredAttribution, StoredEvaluation } from './commit.ts';
import { hashesAt, knownVersions, resourceKey, unitStates } from './known.ts';
import { planObservations } from './observe.ts';
import { planIngest, type Version } from './plan-ingest.ts';
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

/** Makes the function that writes one group. One group at a time. */
export function groupWriter(store: Store, ledger: Ledger, heard: Heard) {
  const baselines = new Baselines(store);
  return async (group: readonly Work[]): Promise<(Written | Error)[]> => {
    const ingests = group.filter((work) => work.kind === 'ingest');
    const observes = group.filter((work) => work.kind === 'observe');
    const plans = new Map<Work, Plan>([
      ...(await planBatches(store, baselines, ingests)),
      ...(await planObservations(store, observes)),
      ...group.filter((work) => work.kind === 'judged').map((work) => [work, planJudged(work)] as const),
      ...group.filter((work) => work.kind === 'attributed').map((work) => [work, planAttributed(work)] as const),
    ]);
    const ordered = group.map((work) => plans.get(work) ?? { result: { written: 0 } });
    const revision: Revision = {
      versions: ordered.flatMap((plan) => plan.versions ?? []),
      observations: ordered.flatMap((plan) => plan.observation ?? []),
      evaluations: ordered.flatMap((plan) => plan.evaluations ?? []),
      judged: ordered.flatMap((plan) => plan.mark ?? []),
      attributions: ordered.flatMap((plan) => plan.attributions ?? []),
    };
    if (isNothing(revision)) return ordered.map(({ result }) => result);
    const rev = await ledger.write(revision);
    announce(group, ordered, { heard, rev });
    return ordered.map(({ result }) => result);
  };
}

function isScanned(work: Work): work is IngestWork | ObserveWork {
  return work.kind === 'ingest' || work.kind === 'observe';
}

function isNothing(revision: Revision): boolean {
  return Object.values(revision).every((rows) => rows.length === 0);
}

function planJudged({ evaluations, mark }: JudgedWork): Plan {
  return { result: { written: evaluations.length }, evaluations, mark };
}

function planAttributed({ attributions }: AttributedWork): Plan {
  return { result: { written: attributions.length }, attributions };
}

async function planBatches(store: Store, baselines: Baselines, works: readonly IngestWork[]): Promise<[Work, Plan][]> {
  if (works.length === 0) return [];
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
  return works.map((work) => {
    const baseline = first.has(unitKey(work.unit));
    try {
      const versions = planIngest(work.batch, { known, replayed, baseline });
      return [work, { result: { written: versions.length }, versions }];
    } catch (error) {
      return [work, { result: error as Error }];
    }
  });
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
    const scan = work.kind === 'ingest' ? work.batch.scan : work.observed.scan;
    if (versions.length > 0) {
      heard.changed({ unit: work.unit, scan, revision: String(rev), versions: versions.length - gone, gone });
    }
    if (plan.result.coverage && plan.observation) heard.observed(plan.result.coverage);
  }
}
