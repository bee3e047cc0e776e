/**
 * One evaluation a request at 500 a second, with 50 tenants: the slowest hundredth, the HTTP included. A bare server of Node
 * under the same load says how much of it is the machine's: a virtual one is slow to wake what sleeps between two requests.
 */
import { rm } from 'node:fs/promises';
import { bareServer, elavaServer, generate, requestsFor, tenantDirectory } from './edge-setup.ts';
import type { Scenario } from './scenario.ts';

const tenants = 50;
const limitMs = 2;

export const scenario: Scenario = {
  name: 'policy.single',
  peer: null,
  target: 1,
  unit: 'ms, p99 at 500/s',
  better: 'lower',
  async run({ rounds, scale }) {
    const directory = await tenantDirectory(tenants);
    const server = await elavaServer(directory);
    const bare = await bareServer();
    const load = { port: server.port, connections: 8, rate: 500, requests: requestsFor(tenants) };
    const figures = { ours: [] as number[], peer: [] as number[] };
    try {
      await generate({ ...load, seconds: 4 });
      for (let round = 0; round < rounds; round++) {
        const { p50, p99, failed } = await generate({ ...load, seconds: 5 * scale });
        if (failed > 0) throw new Error(`${failed} requests failed`);
        const floor = await generate({ ...load, port: bare.port, seconds: 5 * scale });
        process.stderr.write(
          `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms; a bare server: p50 ${floor.p50.toFixed(2)} ms, p99 ${floor.p99.toFixed(2)} ms\n`,
        );
        figures.ours.push(p99);
        figures.peer.push(limitMs);
      }
      return figures;
    } finally {
      await bare.close();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    }
  },
};
