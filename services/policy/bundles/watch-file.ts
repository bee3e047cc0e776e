/** Notices that one file has changed, by looking: a bundle is renamed into place, which a listener on it would miss. */
import { stat } from 'node:fs/promises';
import { sleep } from '../../../lib/time.ts';

export interface WatchFileOptions {
  readonly path: string;
  readonly signal: AbortSignal;
  /** Between two looks, milliseconds; 250. */
  readonly intervalMs?: number;
  /** Runs when the file has changed and then stayed the same for one interval: half a file is not read. */
  readonly onChange: () => Promise<unknown>;
}

/** Ends when the signal aborts. */
export async function watchFile({ path, signal, intervalMs = 250, onChange }: WatchFileOptions): Promise<void> {
  let seen = await fingerprint(path);
  let acted = seen;
  while (!signal.aborted) {
    await sleep(intervalMs, signal, { unref: true }).catch(() => undefined);
    if (signal.aborted) return;
    const now = await fingerprint(path);
    const settled = now === seen;
    seen = now;
    if (!settled || now === acted) continue;
    acted = now;
    await onChange();
  }
}

async function fingerprint(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : '';
}
