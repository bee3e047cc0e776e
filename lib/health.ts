/** Liveness, readiness and metrics of a process that runs roles, for the kubelet, Nomad and Prometheus. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface HealthOptions {
  readonly registry: Registry;
  /** What the process does just now: said at /ready, with 200 when it is ready for what it is here for. */
  readonly state: () => { readonly ready: boolean; readonly detail: object };
}

export class HealthServer {
  readonly #options: HealthOptions;
  readonly #server: Server;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.requestTimeout = 5000;
    this.#server.maxConnections = 64;
  }

  /** Gives the address it listens at. */
  async listen(host: string, port: number): Promise<string> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const { address, port: bound } = this.#server.address() as AddressInfo;
    return `http://${address.includes(':') ? `[${address}]` : address}:${bound}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer({ url }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { registry, state } = this.#options;
    const json = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
    };
    if (url === '/live') return json(200, { live: true });
    if (url === '/ready') {
      const { ready, detail } = state();
      return json(ready ? 200 : 503, { ready, ...detail });
    }
    if (url !== '/metrics') return json(404, { code: 'NOT_FOUND', message: 'there are /live, /ready and /metrics' });
    const text = await registry.metrics();
    response.writeHead(200, { 'content-type': registry.contentType }).end(text);
  }
}
