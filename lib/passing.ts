/** What one process leads passes to another: who asked is not told of it, and is asked again by whoever knows that it may be. */
import { codeOf } from './errors.ts';
import { sleep } from './time.ts';

/** Longer than a lead takes to pass on, also from a process that died; shorter than a caller's own patience. */
const PATIENCE_MS = 20_000;
const AGAIN_MS = 50;
/** What a process says that does not lead, or the broker of one that is gone, when nothing of what was asked was done. */
const untouched: ReadonlySet<string> = new Set(['NOT_LEADER', 'SERVICE_ABSENT']);

export function wasUntouched(error: unknown): boolean {
  return untouched.has(codeOf(error));
}

/** The process died over the work, which may be done or not. */
export function hasDied(error: unknown): boolean {
  return (error as { type?: unknown }).type === 'REQUEST_REJECTED';
}

/** Does the work again while it fails in a way that it may be done again after. Throws its last error. */
export async function patiently<T>(work: () => Promise<T>, mayAgain: (error: unknown) => boolean): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!mayAgain(error) || performance.now() > until) throw error;
      await sleep(AGAIN_MS, undefined, { unref: true });
    }
  }
}
