/** Who holds a data directory. The engine only says that it cannot be opened, so the reason is looked up. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Pid of another process that holds the engine's lock on `dir`, 0 when it is locked by one that cannot be seen. */
export function directoryOwner(dir: string): number | undefined {
  const file = path.join(dir, 'status');
  const locked = lockHolder(file);
  if (locked !== undefined) return locked;
  const pid = Number(/^PID:\s*(\d+)/m.exec(read(file))?.[1] ?? 0);
  return pid > 0 && pid !== process.pid && isAlive(pid) ? pid : undefined;
}

/** From /proc/locks: `5: FLOCK ADVISORY WRITE 1234 fe:01:5678 0 EOF`; the second number is the inode. */
function lockHolder(file: string): number | undefined {
  const inode = inodeOf(file);
  if (inode === undefined) return undefined;
  for (const line of read('/proc/locks').split('\n')) {
    const [, , , , pid, device] = line.trim().split(/\s+/);
    if (device?.split(':')[2] === String(inode) && Number(pid) !== process.pid) return Math.max(0, Number(pid));
  }
  return undefined;
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not Linux, or no such directory yet: then nobody is known to hold it.
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}
