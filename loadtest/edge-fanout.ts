/** A thousand WebSocket clients, each with fifty decisions a second: how late the slowest hundredth is. */
import { rm } from 'node:fs/promises';
import { WebSocket } from 'ws';
import { elavaServer, generate, requestsFor, tenantDirectory } from './edge-setup.ts';
import type { Scenario } from './scenario.ts';

const clients = 1000;
const perSecond = 50;
const limitMs = 250;

export const scenario: Scenario = {
  name: 'edge.fanout',
  peer: null,
  target: 1,
  unit: 'ms, p99 of delivery',
  better: 'lower',
  async run({ rounds, scale }) {
    const directory = await tenantDirectory(1);
    const figures = { ours: [] as number[], peer: [] as number[] };
    try {
      for (let round = 0; round < rounds; round++) {
        figures.ours.push(await measure(directory, Math.round(clients * scale)));
        figures.peer.push(limitMs);
      }
      return figures;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function measure(directory: string, count: number): Promise<number> {
  const server = await elavaServer(directory, { 'gateway.streams': 10_000 });
  const late: number[] = [];
  const sockets = Array.from({ length: count }, () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/v1/stream/decisions?tenant_id=tenant_0`, {
      perMessageDeflate: false,
    });
    socket.on('message', (data: Buffer) => {
      // The instant stands in the message; to parse all of it would measure this process.
      const [, at] = /"timestamp":"([^"]+)"/.exec(data.toString('latin1', 0, 300)) ?? [];
      if (at !== undefined) late.push(Date.now() - Date.parse(at));
    });
    return socket;
  });
  try {
    await Promise.all(
      sockets.map((socket) => new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))),
    );
    const seconds = 6;
    const { p99 } = await generate({
      port: server.port,
      connections: 4,
      seconds,
      rate: perSecond,
      requests: requestsFor(1),
    });
    await new Promise((go) => setTimeout(go, 1000));
    const sorted = late.sort((a, b) => a - b);
    const delivered = sorted.length / seconds;
    process.stderr.write(
      `${delivered.toFixed(0)} messages/s to ${count} clients; requests' p99 ${p99.toFixed(1)} ms\n`,
    );
    if (sorted.length < count * perSecond * seconds * 0.9) throw new Error(`only ${sorted.length} messages arrived`);
    return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
  } finally {
    for (const socket of sockets) socket.terminate();
    await server.close();
  }
}
