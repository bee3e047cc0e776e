/** What the scan benches share: a simulated AWS in a process of its own, and the CPU time of this one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { Compile } from 'typebox/compile';
import { processEnv } from '../lib/config/env.ts';
import type { Config } from '../lib/config/schema.ts';
import { createMetrics } from '../lib/metrics.ts';
import type { Unit } from '../lib/resource.ts';
import { systemClock } from '../lib/time.ts';
import { concludeInTurn } from '../services/history/history.client.ts';
import { historyContract } from '../services/history/history.contract.ts';
import { awsProvider } from '../services/scanner/aws/provider.ts';
import type { Memory } from '../services/scanner/memory.ts';
import { scanUnit } from '../services/scanner/scan.ts';
import { controlClient } from './aws/server/control-client.ts';

export interface SimulatedAws {
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  stop(): Promise<void>;
}
export interface EstateSize {
  readonly accounts: number;
  readonly regions: readonly string[];
  readonly resources: number;
  /** Instead of the nine types that an estate has unasked. */
  readonly types?: 'all';
  /** `log_group=300000`: what the first account has beside that, in the first region. */
  readonly giant?: string;
}

/** Starts the simulator and points the SDK of this process to it. */
export async function simulateAws({ accounts, regions, resources, types, giant }: EstateSize): Promise<SimulatedAws> {
  const main = fileURLToPath(new URL('./aws/main.ts', import.meta.url));
  const args = [
    '--port',
    '0',
    '--accounts',
    String(accounts),
    '--regions',
    regions.join(','),
    '--resources',
    String(resources),
    ...(types ? ['--types', types] : []),
    ...(giant ? ['--giant', giant] : []),
  ];
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await firstLine(child);
  const settings = Object.fromEntries(line.split(' ').map((pair) => pair.split('=') as [string, string]));
  // The SDK reads its endpoint and its keys from there.
  Object.assign(processEnv() as Record<string, string>, settings);
  const { accounts: made } = await controlClient(settings.AWS_ENDPOINT_URL ?? '').info({});
  return {
    accounts: made.map(({ id }) => id),
    regions,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the simulator has no output');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('the simulator did not start');
}

/** Milliseconds of CPU time of this process, of all its threads, that the work takes. */
export async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  globalThis.gc?.();
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** `providers.aws` for a simulated estate: the first account is the caller's own, the others have roles. */
export function awsSettings({ accounts, regions }: SimulatedAws): Config['providers']['aws'] {
  return {
    regions: [...regions],
    accounts: accounts.map((id, i) => ({
      id,
      name: '',
      external_id: '',
      environment: '',
      role_arn: i === 0 ? '' : `arn:aws:iam::${id}:role/elava`,
    })),
    organization: {
      enabled: false,
      units: [],
      tags: [],
      exclude: [],
      role: 'elava',
      external_id: '',
      role_arn: '',
      refresh: 3_600_000,
    },
    types: [],
    session_name: 'elava',
    // The simulator keeps no rates here: what is measured is CPU, not patience.
    rate: 1000,
    concurrency: 4,
    timeout: 30_000,
    unit_timeout: 900_000,
  };
}

/** A memory that checks what it is sent as the contract layer does, and keeps hashes only. */
export function hashMemory(): Memory {
  const known = new Map<string, string>();
  const check = Compile(historyContract.actions.ingest.params);
  const memory: Memory = {
    known: async () => ({ entries: [], baseline: true }),
    ingest: async (batch) => {
      if (!check.Check(batch)) throw new Error('a batch breaks the contract');
      for (const { hash, resource } of batch.resources) known.set(resource.id, hash);
      return { written: batch.resources.length };
    },
    observe: async ({ unit, absent: _absent, ...row }) => {
      if (row.state !== 'complete') throw new Error(`${unit.type}: ${row.error} ${row.detail}`);
      return { ...unit, ...row, changed: 0, gone: 0, held: 0, baseline: true };
    },
    conclude: (last) => concludeInTurn(memory, last),
    resources: async () => {
      throw new Error('no detail is missing here');
    },
  };
  return memory;
}

/** Our scan of units, four at once; resolves to the number of resources. */
export function ourScan(aws: SimulatedAws) {
  const parts = { clock: systemClock, metrics: createMetrics(), log: pino({ level: 'warn' }) };
  const provider = awsProvider({ config: { providers: { aws: awsSettings(aws) } } as Config, ...parts });
  const memory = hashMemory();
  let scans = 0;
  return {
    async scan(units: readonly Unit[]): Promise<number> {
      const scan = `bench-${++scans}`;
      const count = async (unit: Unit): Promise<number> => {
        const job = { scan, unit };
        const row = await scanUnit(
          job,
          { provider, memory, timeoutMs: 900_000, ...parts },
          new AbortController().signal,
        );
        return row.count;
      };
      return fourAtOnce(units, count);
    },
    close: () => provider.close(),
  };
}

/** Adds up what the work gives for each item, so many items at a time. */
export async function atOnce<T>(
  many: number,
  items: readonly T[],
  work: (item: T) => Promise<number>,
): Promise<number> {
  let sum = 0;
  let at = 0;
  const worker = async (): Promise<void> => {
    while (at < items.length) {
      const count = await work(items[at++] as T);
      sum += count;
    }
  };
  await Promise.all(Array.from({ length: many }, worker));
  return sum;
}

export function fourAtOnce<T>(items: readonly T[], work: (item: T) => Promise<number>): Promise<number> {
  return atOnce(4, items, work);
}

interface Sides {
  ours(): Promise<number>;
  peer(): Promise<number>;
}

/** Resources per CPU-second of both sides, round by round; the first round warms them up and does not count. */
export async function alternating(rounds: number, sides: Sides) {
  const figures = { ours: [] as number[], peer: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const both = { ours: await rate(() => sides.ours()), peer: await rate(() => sides.peer()) };
    if (round === 0) continue;
    figures.ours.push(both.ours);
    figures.peer.push(both.peer);
  }
  return figures;
}

async function rate(work: () => Promise<number>): Promise<number> {
  let count = 0;
  const ms = await cpuOf(async () => {
    count = await work();
  });
  return count / (ms / 1000);
}
