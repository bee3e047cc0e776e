/**
 * Ten thousand tenants: how long a start takes, what memory each needs, and how soon a changed one is served. A tenant is
 * compiled when it is first asked, so memory is told twice: of one that is known, and of one that has answered.
 */
import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { elavaServer, requestsFor, type Server, tenantDirectory } from './edge-setup.ts';
import type { Scenario } from './scenario.ts';

const tenants = 10_000;
const limitSeconds = 60;
/** Tenants that are asked once, to see what an answering one holds. */
const asked = 500;

export const scenario: Scenario = {
  name: 'edge.tenants',
  peer: null,
  target: 1,
  unit: 's to start with 10,000 tenants',
  better: 'lower',
  async run({ rounds, scale }) {
    const count = Math.round(tenants * scale);
    const directory = await tenantDirectory(count);
    const figures = { ours: [] as number[], peer: [] as number[] };
    try {
      const few = await tenantDirectory(1);
      const base = await elavaServer(few);
      // With the compiler loaded, as it is where another has answered.
      await ask(base, 0);
      const without = memoryOf(base.pid);
      await base.close();
      await rm(few, { recursive: true, force: true });
      for (let round = 0; round < Math.min(rounds, 2); round++)
        figures.ours.push(await measure(directory, count, without));
      figures.peer.push(...figures.ours.map(() => limitSeconds));
      return figures;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function measure(directory: string, count: number, without: number): Promise<number> {
  const server = await elavaServer(directory);
  try {
    const first = await timed(() => ask(server, count - 1));
    const known = memoryOf(server.pid);
    const times: number[] = [];
    const last = Math.min(asked, count - 1);
    for (let i = 0; i < last; i++) times.push(await timed(() => ask(server, i)));
    const answering = memoryOf(server.pid) - known;
    const file = join(directory, 'tenant_7', 'policy.rego');
    await writeFile(file, (await readFile(file, 'utf8')).replace('Allowed by data', 'Now allowed by data'));
    const reload = await timed(async () => {
      while (!(await ask(server, 7)).includes('Now allowed')) await new Promise((go) => setTimeout(go, 50));
    });
    process.stderr.write(
      `${(server.startMs / 1000).toFixed(1)} s to start; ${kib(known - without, count)} KiB for each that is known, ` +
        `${kib(answering, last)} more for each that answered; first answer of all ${first.toFixed(0)} ms, then ` +
        `${median(times).toFixed(0)} ms of a tenant; a change served after ${(reload / 1000).toFixed(1)} s\n`,
    );
    return server.startMs / 1000;
  } finally {
    await server.close();
  }
}

async function ask({ port }: Server, tenant: number): Promise<string> {
  const { body } = requestsFor(tenant + 1)[tenant + 1] ?? { body: '{}' };
  const input = body
    .replaceAll(/"tenant_id":"[^"]*"/g, `"tenant_id":"tenant_${tenant}"`)
    .replace('"delete"', '"read"')
    .replace('"US"', '"EU"');
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`http://127.0.0.1:${port}/v1/data/tenants/tenant_${tenant}/allow`, {
    method: 'POST',
    body: input,
    headers,
  });
  return answer.text();
}

function kib(bytes: number, count: number): string {
  return (bytes / 1024 / count).toFixed(1);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function memoryOf(pid: number): number {
  const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}
