/** Throughput with every event told and consumers that do not take them, beside the same server with events off. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { elavaServer, generate, requestsFor, tenantDirectory } from './edge-setup.ts';
import type { Scenario } from './scenario.ts';

const tenants = 50;

export const scenario: Scenario = {
  name: 'edge.events',
  peer: 'the same with events off',
  target: 0.9,
  unit: 'requests/s',
  better: 'higher',
  async run({ rounds, scale }) {
    const directory = await tenantDirectory(tenants);
    const hook = createServer((_request, response) => response.writeHead(500).end()).listen(0, '127.0.0.1');
    await once(hook, 'listening');
    const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}`;
    const types = ['policy.evaluated', 'policy.denied'];
    const webhooks = { failing: { url, secret: '', format: 'envelope', types, tenants: [] } };
    const on = { 'events.enabled': true, 'events.allow_private': true, 'events.webhooks': webhooks };
    const figures = { ours: [] as number[], peer: [] as number[] };
    try {
      for (let round = 0; round < rounds; round++) {
        figures.ours.push(await measure(directory, on, 4 * scale));
        figures.peer.push(await measure(directory, { 'events.enabled': false }, 4 * scale));
      }
      return figures;
    } finally {
      hook.close();
      hook.closeAllConnections();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function measure(directory: string, flags: Record<string, unknown>, seconds: number): Promise<number> {
  const server = await elavaServer(directory, flags);
  const load = { port: server.port, connections: 16, requests: requestsFor(tenants) };
  // It listens to everything and reads nothing.
  const stuck = new WebSocket(`ws://127.0.0.1:${server.port}/v1/stream/decisions`);
  try {
    await once(stuck, 'open');
    stuck.pause();
    await generate({ ...load, seconds: 3 });
    const { perSecond, p50, p99, failed } = await generate({ ...load, seconds });
    if (failed > 0) throw new Error(`${failed} requests failed`);
    const which = flags['events.enabled'] ? 'on' : 'off';
    process.stderr.write(
      `events ${which}: ${perSecond.toFixed(0)}/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms\n`,
    );
    return perSecond;
  } finally {
    stuck.terminate();
    await server.close();
  }
}
