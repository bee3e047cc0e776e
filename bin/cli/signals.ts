/** Ctrl-C: the first asks the work to stop and still shows what there is, the second ends the process at once. */
import { exit } from './exit.ts';
import { note } from './output.ts';

export function interruptible(): { signal: AbortSignal; close: () => void } {
  const controller = new AbortController();
  const handle = (): void => {
    if (controller.signal.aborted) process.exit(exit.interrupted);
    note('Stopping after the units that are being read; press Ctrl-C again to stop at once.');
    controller.abort();
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return {
    signal: controller.signal,
    close() {
      process.off('SIGINT', handle);
      process.off('SIGTERM', handle);
    },
  };
}
