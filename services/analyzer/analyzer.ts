/** Asks the memory for what the analyzers look at, and gives it to them. */
import type { Config } from '../../lib/config/schema.ts';
import type { Client } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import type { Change, ResourceFilter } from '../../lib/resource.ts';
import type { Clock } from '../../lib/time.ts';
import type { historyContract, StoredResource } from '../history/history.contract.ts';
import { driftOf } from './drift.ts';
import { patternsOf } from './patterns.ts';
import { wasteOf } from './waste.ts';

export interface AnalyzerParts {
  readonly history: Pick<Client<typeof historyContract>, 'changes' | 'resources' | 'coverage'>;
  readonly config: Pick<Config, 'analyzer' | 'tags'>;
  readonly clock: Clock;
}
export interface Asked {
  readonly filter?: ResourceFilter;
  readonly since?: string;
  readonly until?: string;
}

const PAGE = 10_000;
/** More changes than this in a window are asked for in parts. */
const MOST_CHANGES = 200_000;
const DAY_MS = 86_400_000;
const order = ['high', 'medium', 'low', 'info'];

export async function drift(parts: AnalyzerParts, asked: Asked) {
  if (!parts.config.analyzer.drift.enabled) throw elavaError('INVALID_REQUEST', 'analyzer.drift.enabled is off');
  const { changes, coverage } = await changesOf(parts, asked, DAY_MS);
  const findings = driftOf(changes, parts.config.analyzer.drift.severity);
  return { findings: findings.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity)), coverage };
}

export async function patterns(parts: AnalyzerParts, asked: Asked) {
  const { changes, coverage } = await changesOf(parts, asked, 30 * DAY_MS);
  return { patterns: patternsOf(changes, parts.clock.now()), coverage };
}

async function changesOf({ history, clock }: AnalyzerParts, { filter, since, until }: Asked, defaultMs: number) {
  const window = {
    since: since ?? new Date(clock.now() - defaultMs).toISOString(),
    ...(until === undefined ? {} : { until }),
    ...(filter ? { filter } : {}),
  };
  const changes: Change[] = [];
  for (let after: string | undefined; ; ) {
    const page = await history.changes({ ...window, limit: PAGE, ...(after === undefined ? {} : { after }) });
    changes.push(...page.changes);
    if (changes.length > MOST_CHANGES)
      throw elavaError(
        'INVALID_REQUEST',
        `more than ${MOST_CHANGES} changes; ask for a shorter time or less of the estate`,
      );
    after = page.next;
    if (after === undefined) return { changes, coverage: page.coverage };
  }
}

/** Twice through the resources: what refers to what must be known before anything can be called an orphan. */
export async function waste(parts: AnalyzerParts, filter: ResourceFilter | undefined) {
  const { config, clock, history } = parts;
  if (!config.analyzer.waste.enabled) throw elavaError('INVALID_REQUEST', 'analyzer.waste.enabled is off');
  const { units, summary } = await history.coverage({});
  const referred = new Set<string>();
  const live = new Set<string>();
  // References come from all types and accounts, whatever the answer is narrowed to.
  await eachResource(parts, undefined, ({ id, type, refs }) => {
    for (const ref of refs) referred.add(ref);
    if (type === 'ebs') live.add(id);
  });
  const complete = new Set(
    units.filter(({ state }) => state === 'complete').map((u) => `${u.account}/${u.region}/${u.type}`),
  );
  const settings = {
    now: clock.now(),
    idleMs: config.analyzer.waste.idle_threshold,
    ownerTags: config.tags.owner,
    referred,
    live,
    complete,
  };
  const findings: ReturnType<typeof wasteOf> = [];
  await eachResource(parts, filter, (resource) => {
    findings.push(...wasteOf(resource, settings));
  });
  return { findings: findings.sort((a, b) => b.confidence - a.confidence), coverage: summary };
}

async function eachResource(
  { history }: AnalyzerParts,
  filter: ResourceFilter | undefined,
  take: (resource: StoredResource) => void,
) {
  for (let after: string | undefined; ; ) {
    const page = await history.resources({
      limit: PAGE,
      ...(filter ? { filter } : {}),
      ...(after === undefined ? {} : { after }),
    });
    page.resources.forEach(take);
    after = page.next;
    if (after === undefined) return;
  }
}
