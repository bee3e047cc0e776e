/** The processes of a cluster on this machine, for `npm run cluster`, the chaos run and the load test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { processEnv } from '../lib/config/env.ts';
import { controlClient } from '../loadtest/aws/server/control-client.ts';
import { TcpProxy } from './cluster-proxy.ts';
import { natsServer } from './cluster-tools.ts';
import { freePort } from './free-port.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A second or so where there is nothing else to do; a dozen of them at once on a busy machine take a minute. */
const startMs = 240_000;
const stopMs = 90_000;
/** Lines of a process that are worth reading when a run has failed. */
const TOLD_LINES = 12;

/** A response of a megabyte is usual where units are judged whole, and NATS allows exactly one unless told otherwise. */
const natsConfig = 'max_payload: 8MB\n';

export interface Part {
  readonly name: string;
  readonly child: ChildProcess;
  /** What it wrote to stderr lately. */
  readonly said: () => string;
  /** Of health and metrics; "" for parts that are not ours. */
  readonly url: string;
}

export interface ClusterSize {
  readonly accounts: number;
  readonly regions: readonly string[];
  readonly resources: number;
  /** More arguments of the simulator. */
  readonly simulator?: readonly string[];
  /** Sections laid over the elava.yaml of all processes, and settings of AWS beside its accounts and regions. */
  readonly config?: object;
  readonly aws?: object;
  /** Each role process reaches NATS and the store by proxies of its own (`lines`). */
  readonly proxied?: boolean;
  /** Of those who lead; as configured where it is left out. Short where processes are killed, and then lost on a starved machine. */
  readonly lease?: string;
  /** Told what the processes write to stderr. */
  readonly onLog?: (name: string, text: string) => void;
}

/** How a process is started otherwise than the others. */
export interface RoleOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Another checkout than this one. */
  readonly root?: string;
}

interface Lines {
  readonly nats: TcpProxy;
  readonly store: TcpProxy;
}

/** An environment without settings of whoever starts it, which would come in between. */
function cleanEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries(processEnv()).filter(([name]) => !/^(AWS_|ELAVA_|NODE_OPTIONS$)/.test(name));
  return { ...Object.fromEntries(kept), AWS_EC2_METADATA_DISABLED: 'true' };
}

export class LocalCluster {
  readonly parts = new Map<string, Part>();
  /** Process → the proxies that it reaches others by. */
  readonly lines = new Map<string, Lines>();
  readonly dir: string;
  readonly #size: ClusterSize;
  readonly #commands = new Map<string, () => Promise<Part>>();
  /** What leads a process to this cluster. */
  env: Record<string, string | undefined> = cleanEnvironment();

  private constructor(dir: string, size: ClusterSize) {
    this.dir = dir;
    this.#size = size;
    // Whoever ends this process in the middle must not leave twelve others behind.
    process.once('SIGTERM', () => process.exit(143));
    process.once('exit', () => {
      for (const { child } of this.parts.values()) child.kill('SIGKILL');
    });
  }

  /** Starts NATS, the simulated AWS and the store; the roles are started by `role`. */
  static async start(size: ClusterSize): Promise<LocalCluster> {
    const cluster = new LocalCluster(await mkdtemp(join(tmpdir(), 'elava-cluster-')), size);
    try {
      await Promise.all([cluster.#nats(), cluster.#aws()]);
      await cluster.#configure();
      await cluster.#store();
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  get endpoint(): string {
    return this.env.AWS_ENDPOINT_URL ?? '';
  }

  /** Starts a process with some roles; it is there when it serves or waits for the lead. */
  async role(name: string, roles: readonly string[], { args = [], env, root }: RoleOptions = {}): Promise<Part> {
    const port = await freePort();
    const own = { ELAVA_PROCESS_PORT: String(port), ELAVA_GATEWAY_PORT: '0', ...(await this.#lines(name)), ...env };
    return this.#run(name, async () => {
      const child = this.#spawn(['serve', '--roles', roles.join(','), ...args], own, root);
      return { name, child, said: this.#tail(name, child), url: `http://127.0.0.1:${port}` };
    });
  }

  /** Gives the process proxies of its own, where the cluster is to have them, and the environment that leads over them. */
  async #lines(name: string): Promise<Record<string, string>> {
    if (!this.#size.proxied) return {};
    const portOf = (url: string | undefined): number => Number(new URL(url ?? '').port);
    const nats = await TcpProxy.to(portOf(this.env.ELAVA_NATS_SERVERS));
    const store = await TcpProxy.to(portOf(this.env.ELAVA_STORAGE_URL));
    this.lines.set(name, { nats, store });
    return {
      ELAVA_NATS_SERVERS: `nats://127.0.0.1:${nats.port}`,
      ELAVA_STORAGE_URL: `http://127.0.0.1:${store.port}`,
    };
  }

  /** Resolves when the part says so itself. `patient`: one that ended is started again by somebody. */
  async ready(name: string, phases: readonly string[] = ['serving'], patient = false): Promise<void> {
    const until = performance.now() + startMs;
    for (;;) {
      const part = this.parts.get(name);
      if (!part) throw new Error(`there is no process ${name}`);
      if (!patient && part.child.exitCode !== null) throw new Error(`${name} ended: ${part.said()}`);
      const { phase } = await state(part.url);
      if (phases.includes(phase)) return;
      if (performance.now() > until) throw new Error(`${name} is ${phase} after ${startMs / 1000} s: ${part.said()}`);
      await pause(100);
    }
  }

  /** What each process says of itself and wrote lately, for whoever has to find out why something did not come about. */
  async states(): Promise<string> {
    const told = [...this.parts.values()].map(async ({ name, url, child, said }) => {
      const { phase } = url === '' ? { phase: child.exitCode === null ? 'runs' : 'ended' } : await state(url);
      return [`${name} (${child.pid}): ${phase}`, ...said().trim().split('\n').slice(-TOLD_LINES)].join('\n  ');
    });
    return (await Promise.all(told)).join('\n');
  }

  /** SIGKILL; `revive` starts it again as it was. */
  async kill(name: string): Promise<void> {
    await end(this.parts.get(name), 'SIGKILL');
  }

  /** SIGTERM, as a rollout does; the part is gone for good. */
  async stop(name: string): Promise<void> {
    const code = await end(this.parts.get(name), 'SIGTERM');
    if (code !== 0) throw new Error(`${name} ended with ${code}: ${this.parts.get(name)?.said() ?? ''}`);
    this.parts.delete(name);
  }

  async revive(name: string): Promise<void> {
    const command = this.#commands.get(name);
    if (command) this.parts.set(name, await command());
  }

  /** Stops the roles first, then the store, then NATS: as whoever runs them would. */
  async close(): Promise<string[]> {
    const unclean: string[] = [];
    const first = [...this.parts.values()].filter(({ url }) => url !== '');
    const rest = ['store', 'nats', 'aws'].map((name) => this.parts.get(name));
    for (const group of [first, ...rest.map((part) => (part ? [part] : []))]) {
      const ends = await Promise.all(group.map(async (part) => [part.name, await end(part, 'SIGTERM')] as const));
      unclean.push(...ends.filter(([, code]) => code !== 0).map(([name]) => name));
    }
    for (const { nats, store } of this.lines.values()) await Promise.all([nats.close(), store.close()]);
    await rm(this.dir, { recursive: true, force: true });
    return unclean;
  }

  async #run(name: string, command: () => Promise<Part>): Promise<Part> {
    this.#commands.set(name, command);
    const part = await command();
    this.parts.set(name, part);
    return part;
  }

  /** What it wrote lately. */
  #tail(name: string, child: ChildProcess): () => string {
    let said = '';
    child.stderr?.on('data', (text: Buffer) => {
      said = `${said}${text.toString()}`.slice(-4000);
      this.#size.onLog?.(name, text.toString());
    });
    return () => said;
  }

  #spawn(args: readonly string[], env: Record<string, string>, from = root): ChildProcess {
    return spawn(process.execPath, [join(from, 'bin/elava'), ...args], {
      cwd: from,
      env: { ...this.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  async #nats(): Promise<void> {
    const port = await freePort();
    const config = join(this.dir, 'nats.conf');
    await writeFile(config, natsConfig);
    const program = natsServer();
    const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', join(this.dir, 'nats'), '-c', config];
    await this.#run('nats', async () => {
      const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
      await line(child.stderr, /Server is ready/);
      return { name: 'nats', child, said: this.#tail('nats', child), url: '' };
    });
    const { lease } = this.#size;
    Object.assign(this.env, {
      ELAVA_NATS_SERVERS: `nats://127.0.0.1:${port}`,
      ...(lease && { ELAVA_NATS_LEASE: lease }),
    });
  }

  async #aws(): Promise<void> {
    const { accounts, regions, resources, simulator = [] } = this.#size;
    const main = fileURLToPath(new URL('../loadtest/aws/main.ts', import.meta.url));
    const size = ['--accounts', String(accounts), '--regions', regions.join(','), '--resources', String(resources)];
    const child = spawn(process.execPath, [main, '--port', '0', ...size, ...simulator], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.parts.set('aws', { name: 'aws', child, said: () => '', url: '' });
    const [said = ''] = await line(child.stdout, /^.*AWS_ENDPOINT_URL.*$/);
    Object.assign(this.env, Object.fromEntries(said.split(' ').map((pair) => pair.split('=') as [string, string])));
  }

  async #configure(): Promise<void> {
    const { accounts } = await controlClient(this.endpoint).info({});
    const roles = accounts.map(({ id, name }) => ({ id, name, role_arn: `arn:aws:iam::${id}:role/elava-read` }));
    const file = join(this.dir, 'elava.yaml');
    const config = {
      providers: { aws: { regions: [...this.#size.regions], accounts: roles, rate: 1, ...this.#size.aws } },
      log: { level: 'warn' },
      ...this.#size.config,
    };
    await writeFile(file, stringify(config));
    this.env.ELAVA_CONFIG = file;
  }

  async #store(): Promise<void> {
    const port = await freePort();
    const env = { ELAVA_STORAGE_PATH: join(this.dir, 'data'), ELAVA_STORAGE_PASSWORD: 'of this run' };
    Object.assign(this.env, { ELAVA_STORAGE_URL: `http://127.0.0.1:${port}`, ...env });
    await this.#run('store', async () => {
      const child = this.#spawn(['store', 'serve', '--port', String(port)], env);
      await line(child.stderr, /The store is served/);
      return { name: 'store', child, said: this.#tail('store', child), url: '' };
    });
  }
}

/** The exit code; null when it had to be killed. */
async function end(part: Part | undefined, signal: NodeJS.Signals): Promise<number | null> {
  if (!part || part.child.exitCode !== null || part.child.signalCode !== null) return part?.child.exitCode ?? 0;
  const ended = once(part.child, 'exit') as Promise<[number | null]>;
  part.child.kill(signal);
  const late = setTimeout(() => part.child.kill('SIGKILL'), stopMs);
  const [code] = await ended;
  clearTimeout(late);
  return code;
}

async function state(url: string): Promise<{ phase: string }> {
  try {
    const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2000) });
    return (await response.json()) as { phase: string };
  } catch {
    return { phase: 'not there' };
  }
}

/** The first line that matches; whatever comes later is read on, so that no pipe fills. */
function line(stream: ChildProcess['stderr'], wanted: RegExp): Promise<RegExpExecArray> {
  if (!stream) throw new Error('a process was started without an output');
  const lines = createInterface({ input: stream });
  return new Promise((resolve, reject) => {
    let said = '';
    lines.on('line', (text) => {
      said = `${said}${text}\n`.slice(-2000);
      const found = wanted.exec(text);
      if (found) resolve(found);
    });
    lines.on('close', () => reject(new Error(`a process did not start: ${said}`)));
  });
}
