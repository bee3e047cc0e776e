/** A NATS server of a test's own, on a free port and a directory that goes with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../lib/config/load.ts';
import type { Config } from '../../lib/config/schema.ts';
import { natsServer } from '../../scripts/cluster-tools.ts';
import { freePort } from '../../scripts/free-port.ts';

export interface TestNats extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** `nats` of the configuration, with short times. */
  settings(more?: Record<string, unknown>): Config['nats'];
  /** SIGKILL, and a new server on the same port and directory. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** `config` is a file; `env` is what its variables are filled from. */
export async function testNats(config?: string, env: Record<string, string> = {}): Promise<TestNats> {
  const dir = await mkdtemp(join(tmpdir(), 'elava-nats-'));
  const program = natsServer();
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const more = config === undefined ? [] : ['-c', config];
    child = spawn(program, ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', dir, ...more], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...env },
    });
    await ready(child);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = child && once(child, 'exit');
    child?.kill(signal);
    await ended;
    child = undefined;
  };
  await start();
  const url = `nats://127.0.0.1:${port}`;
  return {
    url,
    port,
    settings: (more = {}) => {
      const flags = Object.fromEntries(Object.entries(more).map(([name, value]) => [`nats.${name}`, value]));
      return loadConfig({ env: {}, cwd: dir, flags: { 'nats.servers': [url], ...flags } }).config.nats;
    },
    start,
    kill: () => end('SIGKILL'),
    async [Symbol.asyncDispose]() {
      if (child) await end('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Reads on for as long as the server lives: it ends when it cannot write what it has to say. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (text: Buffer) => {
      said = `${said}${text.toString()}`.slice(-4000);
      if (said.includes('Server is ready')) resolve();
    });
    child.once('exit', () => reject(new Error(`nats-server did not start: ${said}`)));
  });
}
