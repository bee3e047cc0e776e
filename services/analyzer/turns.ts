/** Of several processes that could do a work, one does it: whoever leads. */
import { sleep } from '../../lib/time.ts';

export interface Turns {
  /** Waits for the lead; `lost` aborts when it may be another's. Rejects when the signal aborts. */
  readonly lead: (signal: AbortSignal) => Promise<{ readonly lost: AbortSignal }>;
  /** Goes on until its signal aborts. */
  readonly work: (signal: AbortSignal) => Promise<void>;
  /** Told why the lead could not be waited for; it is tried again. */
  readonly failed: (error: unknown) => void;
  readonly retryMs: number;
}

/** Never rejects; ends when the signal has aborted and the work has returned. */
export async function inTurns({ lead, work, failed, retryMs }: Turns, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const { lost } = await lead(signal);
      await work(AbortSignal.any([signal, lost]));
    } catch (error) {
      if (signal.aborted) return;
      failed(error);
      await sleep(retryMs, signal, { unref: true }).catch(() => undefined);
    }
  }
}
