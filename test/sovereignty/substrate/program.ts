/** A program of the substrate in the background: its output in a file, and killed outright at the end. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly log: string;
}

/** Detached, since a test file of jest may start what the teardown of the run must still find. */
export function startProgram(
  path: string,
  args: readonly string[],
  options: { name: string; log: string; env?: Record<string, string> },
): Program {
  mkdirSync(dirname(options.log), { recursive: true });
  const out = openSync(options.log, 'a');
  const child = spawn(path, args, {
    stdio: ['ignore', out, out],
    detached: true,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.env },
  });
  closeSync(out);
  child.unref();
  if (child.pid === undefined) throw new Error(`${path} did not start`);
  return { name: options.name, pid: child.pid, log: options.log };
}

/** SIGTERM would have the API server wait a minute for an etcd that is gone. */
export function kill(program: Program, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(program.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export function isAlive(program: Program): boolean {
  try {
    process.kill(program.pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${program.pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * Polls until `ready` gives something; throws with the end of the log when the program dies or time is up. Informers of
 * Gatekeeper and of the controllers wait up to a minute before they ask an API server again that was away.
 */
export async function until<T>(
  what: string,
  ready: () => Promise<T | undefined | false>,
  { seconds = 120, everyMs = 100, program }: { seconds?: number; everyMs?: number; program?: Program } = {},
): Promise<T> {
  const end = performance.now() + seconds * 1000;
  let last: unknown;
  while (performance.now() < end) {
    try {
      const result = await ready();
      if (result !== undefined && result !== false) return result;
    } catch (error) {
      last = error;
    }
    if (program && !isAlive(program)) break;
    await wait(everyMs);
  }
  const tail = program ? readFileSync(program.log, 'utf8').slice(-1500) : '';
  throw new Error(`${what} did not come about in ${seconds} s: ${last instanceof Error ? last.message : ''} ${tail}`);
}
