/** How far the listing of a large unit came, so that another process goes on where the last one died. */

import type { Checkpoints, Kept } from '../../lib/checkpoints.ts';
import { type ErrorCode, elavaError } from '../../lib/errors.ts';

/** Where a listing is read from, and after each page where it goes on. */
export interface Cursor {
  token?: string | undefined;
}

/** Resources between two checkpoints: below that a unit costs less to read again than to remember. */
const EVERY = 5000;

export interface CheckpointOptions {
  readonly checkpoints: Checkpoints | undefined;
  readonly key: string;
  readonly every?: number | undefined;
}

/** The checkpoints of one unit's scan; without a store of them it does nothing. */
export class UnitCheckpoint {
  readonly #options: CheckpointOptions;
  readonly cursor: Cursor = {};
  #marked = 0;
  /** A listing that goes on from a checkpoint has not given its first page yet: its token may be too old. */
  #untried = false;

  constructor(options: CheckpointOptions) {
    this.#options = options;
  }

  /** What an earlier process came to. A store that fails is none: the unit is read from its beginning. */
  async resume(): Promise<Kept | undefined> {
    const { checkpoints, key } = this.#options;
    const kept = await checkpoints?.load(key).catch(() => undefined);
    if (!kept) return undefined;
    this.cursor.token = kept.token;
    this.#marked = kept.ids.length;
    this.#untried = true;
    return kept;
  }

  /** After each page. `flush` stores what was sent for: what stands before a checkpoint is not looked at again. */
  async mark(
    seen: ReadonlyMap<string, unknown>,
    state: { gap: unknown; anyWhole: boolean },
    flush: () => Promise<void>,
  ): Promise<void> {
    this.#untried = false;
    const { checkpoints, key, every = EVERY } = this.#options;
    const { token } = this.cursor;
    if (!checkpoints || token === undefined || seen.size - this.#marked < every) return;
    await flush();
    const ids = [...seen.keys()].slice(this.#marked);
    const { code, message } = gapOf(state.gap);
    // A checkpoint that cannot be kept costs time when the process dies, and nothing else.
    const kept = await checkpoints
      .add(key, { token, ids, anyWhole: state.anyWhole, gapCode: code, gapMessage: message })
      .then(() => true)
      .catch(() => false);
    if (kept) this.#marked = seen.size;
  }

  /** Whether the listing failed at a token that was kept: then it begins anew, once. */
  async startOver(): Promise<boolean> {
    if (!this.#untried) return false;
    this.#untried = false;
    this.#marked = 0;
    this.cursor.token = undefined;
    await this.done();
    return true;
  }

  async done(): Promise<void> {
    await this.#options.checkpoints?.clear(this.#options.key).catch(() => undefined);
  }
}

function gapOf(gap: unknown): { code: string; message: string } {
  if (gap === undefined) return { code: '', message: '' };
  const { type, message } = gap as { type?: string; message?: string };
  return { code: type ?? 'INTERNAL', message: message ?? '' };
}

export function gapKept({ gapCode, gapMessage }: Kept): unknown {
  return gapCode === '' ? undefined : elavaError(gapCode as ErrorCode, gapMessage);
}
