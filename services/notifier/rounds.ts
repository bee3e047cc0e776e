/** Something that is done again and again, from when it is first needed until the end. */
import { codeOf, messageOf } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { sleep } from '../../lib/time.ts';

export interface Rounds {
  /** Does nothing when it runs. */
  start(): void;
  /** Lets a round that is under way end. */
  close(): Promise<void>;
}

export function every(ms: number, work: () => Promise<unknown>, log: Pick<Logger, 'warn'>): Rounds {
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await sleep(ms, stop.signal, { unref: true }).catch(() => undefined);
      if (stop.signal.aborted) return;
      await work().catch((error: unknown) => {
        log.warn({ code: codeOf(error), reason: messageOf(error) }, 'a round failed and is made again');
      });
    }
  };
  return {
    start() {
      running ??= run();
    },
    async close() {
      stop.abort();
      await running;
    },
  };
}
