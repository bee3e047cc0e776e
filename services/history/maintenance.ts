/** What keeps the store small and quick, once an hour; what fails is tried again the next time. */
import type { Logger } from '../../lib/log.ts';
import { sleep } from '../../lib/time.ts';
import { forgetAnalysis } from './analysis-store.ts';
import type { Memory } from './memory.ts';
import { dropOldPartitions, foldedUntil, foldOldWeeks, forgetGone, mergeParts } from './retention.ts';
import { dropOldTrail } from './trail.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Folds, drops, and merges when `merge` is set. Errors: STORE_*. */
export async function maintain(memory: Memory, { merge }: { readonly merge: boolean }): Promise<void> {
  const { store, options } = memory;
  const { clock, retentionMs, decisionRetentionMs } = options;
  const window = { now: clock.now(), retentionMs, decisionRetentionMs };
  await memory.past.exclusive(async () => {
    const folded = await foldOldWeeks(store, window);
    if (folded.length > 0) memory.foldedUntil = await foldedUntil(store);
  });
  await dropOldPartitions(store, window);
  await dropOldTrail(store, window);
  if (!merge) return;
  await mergeParts(store);
  await forgetGone(store, window);
  await forgetAnalysis(store, window.now - retentionMs);
}

/** Runs until the signal aborts. */
export async function keepMaintaining(memory: Memory, log: Pick<Logger, 'warn'>, signal: AbortSignal): Promise<void> {
  const { clock } = memory.options;
  let merged = clock.now();
  while (!signal.aborted) {
    await sleep(HOUR_MS, signal, { unref: true }).catch(() => undefined);
    if (signal.aborted) return;
    const merge = clock.now() - merged >= DAY_MS;
    try {
      await maintain(memory, { merge });
      if (merge) merged = clock.now();
    } catch (error) {
      log.warn({ error }, 'maintenance of the store failed and will be tried again');
    }
  }
}
