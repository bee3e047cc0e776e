/** WebSockets: which path is whose, and what every upgrade has to pass before it is one. */
import type { IncomingMessage, Server } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Config } from '../../../lib/config/schema.ts';
import { codeOf, elavaError, errorTable, messageOf } from '../../../lib/errors.ts';
import type { Clock } from '../../../lib/time.ts';
import type { Authenticator } from '../auth/authenticate.ts';
import { refusal } from '../auth/guard.ts';
import type { Principal } from '../auth/principal.ts';

export interface Opened {
  readonly socket: WebSocket;
  readonly principal: Principal;
  readonly query: URLSearchParams;
}
type Handler = (opened: Opened) => void;

/** What a client sends are short requests. */
const maxMessage = 65_536;

export interface UpgradeOptions {
  readonly auth: Authenticator;
  readonly settings: Config['gateway'];
  readonly clock: Clock;
}

export class Upgrades {
  readonly #options: UpgradeOptions;
  readonly #handlers = new Map<string, Handler>();
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: maxMessage, perMessageDeflate: false });

  constructor(options: UpgradeOptions) {
    this.#options = options;
  }

  add(path: string, handler: Handler): void {
    this.#handlers.set(path, handler);
  }

  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      this.#open(request, socket, head).catch((error: unknown) => refuse(socket, error));
    });
  }

  get clients(): number {
    return this.#server.clients.size;
  }

  /** Tells every client that the server goes away, and waits no longer than a second for their answers. */
  async close(): Promise<void> {
    for (const client of this.#server.clients) client.close(1001, 'the server stops');
    const deadline = Date.now() + 1000;
    while (this.#server.clients.size > 0 && Date.now() < deadline) await new Promise((go) => setTimeout(go, 20));
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
  }

  async #open(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const handler = this.#handlers.get(pathname);
    if (!handler) throw elavaError('NOT_FOUND', 'there is no such stream');
    const principal = await this.#principal(request, searchParams);
    if (this.#server.clients.size >= this.#options.settings.streams) {
      throw elavaError('STREAMS_FULL', 'as many clients listen as may');
    }
    this.#server.handleUpgrade(request, socket, head, (opened) =>
      handler({ socket: opened, principal, query: searchParams }),
    );
  }

  async #principal(request: IncomingMessage, query: URLSearchParams): Promise<Principal> {
    const { auth, settings, clock } = this.#options;
    const refused = refusal(request, auth.open, settings.origins);
    if (refused) throw refused;
    const ticket = query.get('ticket');
    if (ticket === null) return auth.principalOf(request.headers.authorization, request.socket.remoteAddress ?? '');
    const principal = auth.tickets.redeem(ticket, clock.now());
    if (!principal) throw elavaError('UNAUTHENTICATED', 'the ticket is not known, was used, or has expired');
    return principal;
  }
}

function refuse(socket: Duplex, error: unknown): void {
  const { status, next } = errorTable[codeOf(error)];
  const body = JSON.stringify({ code: codeOf(error), message: messageOf(error), next });
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...(status === 401 ? ['www-authenticate: Bearer realm="elava"'] : []),
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
