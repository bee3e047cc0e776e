/** What an observation comes to. Only "complete" says anything about absence, so it is given for nothing less. */
import { codeOf, type ErrorCode, messageOf } from '../../lib/errors.ts';
import { maskText } from '../../lib/mask.ts';
import type { ObservationState } from '../../lib/resource.ts';

export interface Seen {
  /** Distinct resources that the listing returned. */
  readonly count: number;
  /** What stopped the listing; undefined when it came to its end. */
  readonly stopped: unknown;
  /** The first detail that could not be read; undefined when all could. */
  readonly gap: unknown;
  /** Whether any resource was read whole. */
  readonly anyWhole: boolean;
}
export interface Outcome {
  readonly state: ObservationState;
  readonly error: ErrorCode | '';
  readonly detail: string;
}

/** Where there is nothing to see, the unit is skipped, not failed. */
const nothingToSee: ReadonlySet<ErrorCode> = new Set(['AWS_REGION_DISABLED', 'AWS_ACCOUNT_SUSPENDED']);

export function outcomeOf({ count, stopped, gap, anyWhole }: Seen): Outcome {
  const error = stopped ?? gap;
  if (error === undefined) return { state: 'complete', error: '', detail: '' };
  const code = codeOf(error);
  const detail = maskText(messageOf(error)).slice(0, 1000);
  if (nothingToSee.has(code)) return { state: 'skipped', error: code, detail };
  const useful = stopped === undefined ? anyWhole || count === 0 : count > 0;
  return { state: useful ? 'partial' : 'failed', error: code, detail };
}
