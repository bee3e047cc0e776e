/** Liveness, readiness and metrics of a replica, for the kubelet and Prometheus. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface HealthOptions {
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  /** Ready once the copies are complete, leader or not. */
  readonly ready: () => boolean;
  /** Sets what is only known when asked. */
  readonly collect: () => void;
}

export class Health {
  readonly #options: HealthOptions;
  readonly #server: Server;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      const end = (status: number, text: string, type = 'text/plain'): void => {
        response.writeHead(status, { 'content-type': type }).end(text);
      };
      if (request.url === '/healthz') end(200, 'ok');
      else if (request.url === '/readyz') end(options.ready() ? 200 : 503, options.ready() ? 'ok' : 'not synced');
      else if (request.url === '/metrics') {
        options.collect();
        options.registry.metrics().then(
          (text) => end(200, text, options.registry.contentType),
          () => end(500, 'no metrics'),
        );
      } else end(404, 'not found');
    });
    this.#server.requestTimeout = 5000;
    this.#server.maxConnections = 64;
  }

  /** Gives the address it listens at. */
  async listen(): Promise<string> {
    this.#server.listen(this.#options.port, this.#options.host);
    await once(this.#server, 'listening');
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
