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
  readonly history: Pick<Client<typeof historyContract>, 'changes' | 'resources' | 'coverage' | 'linked' | 'usage'>;
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
