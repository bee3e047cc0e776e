/** The AWS simulator: one HTTP server on loopback that speaks every loaded service's protocol to unmodified SDKs. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type HttpRequest, RequestDecoder } from '../wire/request.ts';
import type { HttpResponse } from '../wire/response.ts';
import { loadService } from '../wire/service.ts';
import type { World } from '../world/world.ts';
import { type Answer, answer, type Simulation } from './answer.ts';
import { packages } from './api/index.ts';
import { controlPath, handleControl } from './control.ts';
import { type FaultRule, Faults } from './faults.ts';
import { accessKeyOf } from './identity.ts';
import { Ledger } from './ledger.ts';
import { Limits } from './limits.ts';

export interface SimulatorOptions {
  readonly world: World;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly faults?: readonly FaultRule[];
  /** AWS's request rates; a number scales them. Off when absent. */
  readonly limits?: 'aws' | number;
}
export interface Simulator {
  readonly endpoint: string;
  readonly world: World;
  readonly faults: Faults;
  readonly ledger: Ledger;
  /** Long-lived credentials of an account, the management account's by default. */
  credentials(account?: string): { accessKeyId: string; secretAccessKey: string };
  close(): Promise<void>;
}

/** Larger than any request of the modelled calls. */
const largestRequest = 8 * 1024 * 1024;

let shared: RequestDecoder | undefined;

/** One for all simulators of a process: it keeps nothing of what it decodes, and reading the schemas takes a while. */
function decoder(): RequestDecoder {
  return (shared ??= new RequestDecoder(packages.map(loadService)));
}

/** Starts serving. Rejects when the port is taken. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { world, port = 0, limits } = options;
  const simulation: Simulation = {
    world,
    decoder: decoder(),
    faults: new Faults(options.faults, world.options.seed),
    ledger: new Ledger(),
    limits: limits === undefined ? undefined : new Limits(limits === 'aws' ? 1 : limits),
  };
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const { socket } = request;
    // What cannot even be read, such as a request without end, is cut off.
    serve(simulation, request, response, requests).catch(() => socket.destroy());
  });
  // Longer than SDKs keep a connection idle, so that the server never closes one that is about to be used.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    world,
    faults: simulation.faults,
    ledger: simulation.ledger,
    credentials: (id) => credentialsOf(world, id),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function credentialsOf(world: World, id: string | undefined) {
  const account = id === undefined ? world.accounts[0] : world.account(id);
  if (!account) throw new RangeError(`no account ${id} in the estate`);
  return { accessKeyId: accessKeyOf(account), secretAccessKey: 'simulated' };
}

async function serve(
  simulation: Simulation,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  count: number,
): Promise<void> {
  const request = await readRequest(incoming);
  if (request.url.startsWith(controlPath)) return send(outgoing, await handleControl(simulation, request));
  const found = await answer(simulation, request, requestIdOf(count));
  if (found.delayMs > 0) await wait(found.delayMs);
  deliver(incoming, outgoing, found);
}

function deliver(incoming: IncomingMessage, outgoing: ServerResponse, { response, broken }: Answer): void {
  if (broken === 'reset') incoming.socket.resetAndDestroy();
  else if (broken === 'truncate') {
    const body = typeof response.body === 'string' ? Buffer.from(response.body) : Buffer.copyBytesFrom(response.body);
    outgoing.writeHead(response.status, { ...response.headers, 'content-length': body.length });
    outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => incoming.socket.destroy());
  } else send(outgoing, response);
}

function send(outgoing: ServerResponse, { status, headers, body }: HttpResponse): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  outgoing.writeHead(status, { ...headers, 'content-length': bytes.length });
  outgoing.end(outgoing.req.method === 'HEAD' ? undefined : bytes);
}

async function readRequest(incoming: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestRequest) throw new RangeError('request is too large');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  return { method: incoming.method ?? 'GET', url: incoming.url ?? '/', headers: incoming.headers, body };
}

function requestIdOf(count: number): string {
  return `00000000-0000-4000-8000-${count.toString(16).padStart(12, '0')}`;
}
