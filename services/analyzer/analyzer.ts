/** Asks the memory for what the analyzers look at, and gives it to them. */
import type { Config } from '../../lib/config/schema.ts';
import type { Client } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import type { Change, ResourceFilter } from '../../lib/resource.ts';
import type { Clock } from '../../lib/time.ts';
import type { historyContract } from '../history/history.contract.ts';
import { driftOf } from './drift.ts';
import { patternsOf } from './patterns.ts';

export interface AnalyzerParts {
  readonly history: Pick<
    Client<typeof historyContract>,
    'activity' | 'changes' | 'resources' | 'coverage' | 'linked' | 'usage'
  >;
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

/** They are counted first, which takes the engine no time: reading so many takes minutes, and ends in the same answer. */
async function changesOf(parts: AnalyzerParts, { filter, since, until }: Asked, defaultMs: number) {
  const { history, clock } = parts;
  const window = {
    since: since ?? new Date(clock.now() - defaultMs).toISOString(),
    ...(until === undefined ? {} : { until }),
    ...(filter ? { filter } : {}),
  };
  await refuseTooMany(parts, window);
  const changes: Change[] = [];
  for (let after: string | undefined; ; ) {
    const page = await history.changes({ ...window, limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const change of page.changes) changes.push(change);
    // They were fewer when they were counted.
    if (changes.length > MOST_CHANGES) throw tooMany(changes.length);
    after = page.next;
    if (after === undefined) return { changes, coverage: page.coverage };
  }
}

interface Window {
  readonly filter?: ResourceFilter;
  readonly since: string;
  readonly until?: string;
}

/** More weeks than the memory can hold; older ones need not be counted. */
const LONGEST_MS = 500 * 7 * DAY_MS;

/** Error: INVALID_REQUEST. */
async function refuseTooMany({ history, clock }: AnalyzerParts, { since, until, filter }: Window): Promise<void> {
  const now = clock.now();
  const from = Math.max(Date.parse(since), now - LONGEST_MS);
  // Nothing lies in it, and the pages say so.
  if (!(from < (until === undefined ? now : Date.parse(until)))) return;
  const { total } = await history.activity({
    from: new Date(from).toISOString(),
    to: until ?? new Date(now).toISOString(),
    step: 'week',
    ...(filter ? { filter } : {}),
  });
  const count = total.reduce((sum, n) => sum + n, 0);
  if (count > MOST_CHANGES) throw tooMany(count);
}

function tooMany(count: number): Error {
  const [said, most] = [count, MOST_CHANGES].map((n) => n.toLocaleString('en'));
  return elavaError(
    'INVALID_REQUEST',
    `${said} changes, and at most ${most} are compared at once: ask for a shorter time or less of the estate`,
  );
}
