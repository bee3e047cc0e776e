/** Requests a second at a p99 of at most 5 ms over HTTP, with 50 tenants, beside a native OPA with the same policies. */
import { rm } from 'node:fs/promises';
import { cpuOf, elavaServer, generate, opaServer, requestsFor, type Server, tenantDirectory } from './edge-setup.ts';
import { nativeOpa } from './native/build.ts';
import { type Scenario, skipped } from './scenario.ts';

const tenants = 50;
const limitMs = 5;
const levels = [1, 2, 4, 8, 16, 32];

export const scenario: Scenario = {
  name: 'edge.http',
  peer: 'opa run --server',
  target: 0.8,
  unit: 'requests/s at p99 ≤ 5 ms',
  better: 'higher',
  async run({ rounds, scale }) {
    const opa = nativeOpa();
    if (typeof opa !== 'string') return skipped(opa.skipped);
    const directory = await tenantDirectory(tenants);
    const figures = { ours: [] as number[], peer: [] as number[] };
    try {
      for (let round = 0; round < rounds; round++) {
        figures.ours.push(await best(await elavaServer(directory), 2 * scale));
        figures.peer.push(await best(await opaServer(opa, directory, tenants), 2 * scale));
      }
      return figures;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};

/** Of the numbers of connections at which the p99 holds, the one with most answers. */
async function best(server: Server, seconds: number): Promise<number> {
  const load = { port: server.port, requests: requestsFor(tenants) };
  try {
    await generate({ ...load, connections: 8, seconds });
    let most = 0;
    for (const connections of levels) {
      const before = cpuOf(server.pid);
      const { perSecond, p50, p99, failed } = await generate({ ...load, connections, seconds });
      const micros = (1000 * (cpuOf(server.pid) - before)) / (perSecond * seconds);
      if (failed > 0) throw new Error(`${failed} requests failed`);
      process.stderr.write(
        `${connections} connections: ${perSecond.toFixed(0)}/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, ${micros.toFixed(0)} µs of the server's CPU each\n`,
      );
      if (p99 <= limitMs) most = Math.max(most, perSecond);
    }
    return most;
  } finally {
    await server.close();
  }
}
