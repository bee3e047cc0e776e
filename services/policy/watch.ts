/**
 * Notices that a directory of policies has changed. It looks instead of listening: inotify says nothing of a network
 * file system, and of a ConfigMap's links only that one of them moved.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '../../lib/time.ts';

export interface WatchOptions {
  readonly directory: string;
  readonly signal: AbortSignal;
  /** Between two looks, in milliseconds; 250. More where a look takes long, so that it costs a twentieth at most. */
  readonly intervalMs?: number;
  /** Runs when the directory has changed and then stayed the same for one interval. Not while it runs already. */
  readonly onChange: () => Promise<unknown>;
}

const maxEntries = 20_000;

/** Ends when the signal aborts. */
export async function watchDirectory({ directory, signal, intervalMs = 250, onChange }: WatchOptions): Promise<void> {
  let seen = await fingerprint(directory);
  let acted = seen;
  let pauseMs = intervalMs;
  while (!signal.aborted) {
    await sleep(pauseMs, signal, { unref: true }).catch(() => undefined);
    if (signal.aborted) return;
    const began = performance.now();
    const now = await fingerprint(directory);
    pauseMs = Math.max(intervalMs, 20 * (performance.now() - began));
    const settled = now === seen;
    seen = now;
    if (!settled || now === acted) continue;
    acted = now;
    await onChange();
  }
}

/** Text that changes with the names, contents, sizes and targets of what is in the directory; "" when it is not there. */
async function fingerprint(directory: string): Promise<string> {
  const parts: string[] = [];
  const walk = async (folder: string, depth: number): Promise<void> => {
    for (const name of (await readdir(join(directory, folder))).sort()) {
      // A ConfigMap's files are links into `..data`; what they lead to is what counts.
      if (name.startsWith('.') || name === 'node_modules' || parts.length > maxEntries) continue;
      const path = join(folder, name);
      const { ino, size, mtimeMs, isDirectory } = await entry(join(directory, path));
      parts.push(`${path} ${ino} ${size} ${mtimeMs}`);
      if (isDirectory && depth < 12) await walk(path, depth + 1);
    }
  };
  try {
    await walk('', 0);
  } catch {
    parts.push('unreadable');
  }
  return parts.join('\n');
}

async function entry(path: string) {
  const found = await stat(path);
  return { ino: found.ino, size: found.size, mtimeMs: found.mtimeMs, isDirectory: found.isDirectory() };
}
