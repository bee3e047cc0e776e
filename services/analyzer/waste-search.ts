/** Goes through the estate page by page; what must be known of all of it is asked for in the engine. */
import { elavaError } from '../../lib/errors.ts';
import type { ResourceFilter } from '../../lib/resource.ts';
import type { StoredResource } from '../history/history.contract.ts';
import type { WasteFinding } from './analyzer.contract.ts';
import type { AnalyzerParts } from './analyzer.ts';
import type { Fields } from './gauges.ts';
import { resourcePages } from './pages.ts';
import { mayBeOrphan, volumeOf, type WasteSettings, wasteOf } from './waste.ts';

/** More than anybody reads at once. */
const MOST_FINDINGS = 100_000;
/** Twice as long ago a measurement says nothing of today. */
const STALE = 2;

/** The surest first. Errors: INVALID_REQUEST. */
export async function waste(parts: AnalyzerParts, filter: ResourceFilter | undefined) {
  const { config, clock, history } = parts;
  const { waste: settings } = config.analyzer;
  if (!settings.enabled) throw elavaError('INVALID_REQUEST', 'analyzer.waste.enabled is off');
  const { units, summary } = await history.coverage({});
  const known = {
    now: clock.now(),
    idleMs: settings.idle_threshold,
    idleCpu: settings.idle_cpu,
    oversizedCpu: settings.oversized_cpu,
    ownerTags: config.tags.owner,
    complete: new Set(
      units.filter(({ state }) => state === 'complete').map((u) => `${u.account}/${u.region}/${u.type}`),
    ),
  };
  const findings: WasteFinding[] = [];
  for await (const resources of resourcePages(history, filter)) {
    const asked = await askedOf(parts, resources, known);
    for (const resource of resources) findings.push(...wasteOf(resource, { ...known, ...asked }));
    if (findings.length > MOST_FINDINGS)
      throw elavaError('INVALID_REQUEST', `more than ${MOST_FINDINGS} findings; ask for less of the estate`);
  }
  return { findings: findings.sort((a, b) => b.confidence - a.confidence), coverage: summary };
}

type Asked = Pick<WasteSettings, 'referred' | 'live' | 'usage'>;

/** What of the rest of the estate the rules need to know of these. References come from all types and accounts. */
async function askedOf(
  { history }: AnalyzerParts,
  resources: readonly StoredResource[],
  known: Omit<WasteSettings, keyof Asked>,
): Promise<Asked> {
  const orphans = resources.filter((resource) => mayBeOrphan(resource, known)).map(({ id }) => id);
  const disks = resources.filter(({ type }) => type === 'snapshot').map((one) => volumeOf(one as Fields));
  const since = new Date(known.now - STALE * known.idleMs).toISOString();
  const [links, { usage }] = await Promise.all([
    history.linked({ ids: [...new Set([...orphans, ...disks])] }),
    history.usage({ ids: resources.map(({ id }) => id), since }),
  ]);
  return {
    referred: new Set(links.referred),
    live: new Set(links.live),
    usage: new Map(usage.map((one) => [one.id, one])),
  };
}
