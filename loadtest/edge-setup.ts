/** What the edge scenarios share: fifty tenants, what they are asked, our server, and a native OPA beside it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../scripts/free-port.ts';
import type { Load, Seen } from './edge-generator.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const sample = here('../config/tenants.d/tenant_a');

export interface Server {
  readonly port: number;
  readonly pid: number;
  readonly startMs: number;
  close(): Promise<void>;
}

export async function tenantDirectory(count: number): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'elava-edge-bench-'));
  const policy = await readFile(join(sample, 'policy.rego'), 'utf8');
  const data = await readFile(join(sample, 'data.json'), 'utf8');
  for (let i = 0; i < count; i++) {
    const folder = join(directory, `tenant_${i}`);
    await mkdir(folder);
    await writeFile(join(folder, 'policy.rego'), policy.replaceAll('tenant_a', `tenant_${i}`));
    await writeFile(join(folder, 'data.json'), data);
  }
  return directory;
}

/** Requests of the seed's form for each tenant, some of which are denied. */
export function requestsFor(count: number): Load['requests'] {
  return Array.from({ length: count * 4 }, (_, i) => {
    const tenant = `tenant_${i % count}`;
    const input = {
      subject: { tenant_id: tenant, user_id: `user_${i}` },
      action: i % 7 === 0 ? 'delete' : 'read',
      resource: { type: 'sensor_data', region: i % 3 === 0 ? 'US' : 'EU' },
      environment: { time: '2025-10-16T14:30:00Z' },
    };
    return { path: `/v1/data/tenants/${tenant}/allow`, body: JSON.stringify({ input }) };
  });
}

/** Ours, with the roles of the edge only. */
export async function elavaServer(directory: string, flags: Record<string, unknown> = {}): Promise<Server> {
  const data = await mkdtemp(join(tmpdir(), 'elava-edge-data-'));
  const all = {
    'storage.path': data,
    'tenants.path': directory,
    'gateway.port': 0,
    'gateway.rate': 1_000_000,
    'tenants.rate': 1_000_000,
    'tenants.concurrency': 100_000,
    'policies.enabled': false,
    ...flags,
  };
  const child = spawn(process.execPath, [here('edge-server.ts'), JSON.stringify(all)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { url, startMs } = JSON.parse(await firstLine(child)) as { url: string; startMs: number };
  const close = async (): Promise<void> => {
    await ended(child, () => child.stdin?.end());
    await rm(data, { recursive: true, force: true });
  };
  return { port: Number(new URL(url).port), pid: child.pid ?? 0, startMs, close };
}

/** Answers without looking: what of a figure is the machine's. */
export async function bareServer(): Promise<Server> {
  const began = performance.now();
  const child = spawn(process.execPath, [here('edge-bare.ts')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const port = Number(await firstLine(child));
  const close = (): Promise<void> => ended(child, () => child.stdin?.end());
  return { port, pid: child.pid ?? 0, startMs: performance.now() - began, close };
}

/** Native OPA with the same files: each tenant's data under a name of its own would change the policy, so all share one. */
export async function opaServer(opa: string, directory: string, count: number): Promise<Server> {
  const files = Array.from({ length: count }, (_, i) => join(directory, `tenant_${i}`, 'policy.rego'));
  const port = await freePort();
  const began = performance.now();
  const args = [
    'run',
    '--server',
    '--log-level',
    'error',
    '--addr',
    `127.0.0.1:${port}`,
    ...files,
    join(directory, 'tenant_0', 'data.json'),
  ];
  const child = spawn(opa, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  for (;;) {
    const isUp = await fetch(`http://127.0.0.1:${port}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) break;
    if (child.exitCode !== null) throw new Error('opa ended');
    await new Promise((go) => setTimeout(go, 50));
  }
  return {
    port,
    pid: child.pid ?? 0,
    startMs: performance.now() - began,
    close: () => ended(child, () => child.kill()),
  };
}

/** Milliseconds of CPU that a process has spent; /proc counts hundredths of a second. */
export function cpuOf(pid: number): number {
  const [, , , , , , , , , , , user = '0', system = '0'] = (
    readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1] ?? ''
  ).split(' ');
  return (Number(user) + Number(system)) * 10;
}

/** From a process of its own. */
export async function generate(load: Load): Promise<Seen> {
  const child = spawn(process.execPath, [here('edge-generator.ts'), JSON.stringify(load)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(await firstLine(child)) as Seen;
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const part of child.stdout?.setEncoding('utf8').iterator({ destroyOnReturn: false }) ?? []) {
    text += String(part);
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'));
  }
  throw new Error('a process ended before it said anything');
}

function ended(child: ChildProcess, tell: () => unknown): Promise<void> {
  return new Promise((resolve) => {
    child.on('exit', () => resolve());
    tell();
  });
}
