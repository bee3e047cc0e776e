/** Instants of a question, and the gate through which the past is asked for. */
import { elavaError } from '../../lib/errors.ts';
import type { ResourceFilter } from '../../lib/resource.ts';
import { type SplitFilter, splitFilter } from './filter.ts';
import { toMs } from './instant.ts';
import type { Memory } from './memory.ts';
import type { AsOf } from './versions.ts';

/** Errors: INVALID_REQUEST. */
export function ms(iso: string | undefined, field: string): number | undefined {
  return iso === undefined ? undefined : toMs(iso, field);
}

/** Errors: INVALID_REQUEST for an instant that the log does not reach any more. */
function asOfInstant({ revisions, foldedUntil }: Memory, at: number | undefined): AsOf | undefined {
  if (at === undefined) return undefined;
  if (at >= foldedUntil) return { at, rev: revisions.committed, whole: revisions.whole };
  throw elavaError('INVALID_REQUEST', `the memory goes back to ${new Date(foldedUntil).toISOString()}`);
}

/** Questions about the past wait while a week is folded. */
export function inTime<T>(
  memory: Memory,
  at: number | undefined,
  work: (asOf: AsOf | undefined) => Promise<T>,
): Promise<T> {
  return at === undefined ? work(undefined) : memory.past.shared(async () => work(asOfInstant(memory, at)));
}

export function split({ options }: Memory, filter: ResourceFilter | undefined): SplitFilter {
  return splitFilter(filter, options.ownerTags);
}
