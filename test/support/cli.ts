/** Runs the real command line as its users do: bin/elava in a process and a directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../bin/elava', import.meta.url));

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}
export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a shell of ours knows, without the AWS and Elava settings of whoever runs the tests. */
function environment(extra: RunOptions['env'] = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|ELAVA_|NODE_OPTIONS$)/.test(name));
  return { ...Object.fromEntries(kept), AWS_EC2_METADATA_DISABLED: 'true', ...extra };
}

export function start(args: readonly string[], { cwd, env }: RunOptions): ChildProcess {
  return spawn(process.execPath, [launcher, ...args], {
    cwd,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** What a pattern finds in what the process says on stderr, as soon as it does; fails when it ends before. */
export async function said(child: ChildProcess, wanted: RegExp): Promise<string> {
  let text = '';
  for await (const more of child.stderr?.iterator({ destroyOnReturn: false }) ?? []) {
    text += String(more);
    const [, found] = wanted.exec(text) ?? [];
    if (found !== undefined) return found;
  }
  throw new Error(`the process ended: ${text}`);
}

export async function finished(child: ChildProcess): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}

export function elava(args: readonly string[], options: RunOptions): Promise<Ran> {
  return finished(start(args, options));
}

export function ndjson<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** A directory that is gone when the block is left: `await using home = await directory()`. */
export async function directory(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'elava-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
