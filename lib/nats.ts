/** The process's own connection to NATS, for the queue, the lease and the rate budget; the broker has another. */
import { readFileSync } from 'node:fs';
import { type ConnectionOptions, connect, credsAuthenticator, Events, type NatsConnection } from 'nats';
import type { Config } from './config/schema.ts';
import { elavaError, messageOf } from './errors.ts';
import { lazily } from './lazily.ts';

/** Pause between attempts to connect again: recovery after an outage was 0.2–0.4 s with it (2 s pause: 0.8 s). */
const RECONNECT_MS = 250;

/** What both our connection and the broker's transporter are made with. It reconnects for ever: nobody else would. */
export function natsOptions(nats: Config['nats'], name: string): ConnectionOptions {
  const { user, password, token, credentials, tls } = nats;
  const secure = tls.enabled || tls.ca !== '' || tls.cert !== '';
  return {
    name,
    servers: [...nats.servers],
    reconnectTimeWait: RECONNECT_MS,
    maxReconnectAttempts: -1,
    timeout: nats.timeout,
    ...(user === '' ? {} : { user, pass: password }),
    ...(token === '' ? {} : { token }),
    ...(credentials === '' ? {} : { authenticator: credsAuthenticator(readFile(credentials)) }),
    ...(secure
      ? {
          tls: {
            ...(tls.ca === '' ? {} : { caFile: tls.ca }),
            ...(tls.cert === '' ? {} : { certFile: tls.cert, keyFile: tls.key }),
          },
        }
      : {}),
  };
}

function readFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw elavaError('NATS_UNAVAILABLE', `nats.credentials: ${messageOf(cause)}`, { cause });
  }
}

/** A connection that is made when it is first asked for. Error of `connection`: NATS_UNAVAILABLE. */
export class NatsLink {
  readonly #options: ConnectionOptions;
  readonly connection: () => Promise<NatsConnection>;
  #open: NatsConnection | undefined;
  #up = false;

  constructor(nats: Config['nats'], name: string) {
    this.#options = natsOptions(nats, name);
    this.connection = lazily(() => this.#connect());
  }

  /** Whether the server is there just now; what waits for an answer finds out later than this. */
  get up(): boolean {
    return this.#up;
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open && !open.isClosed()) await open.drain().catch(() => open.close());
    this.#up = false;
  }

  async #connect(): Promise<NatsConnection> {
    const { servers } = this.#options;
    try {
      const connection = await connect(this.#options);
      this.#open = connection;
      this.#up = true;
      void this.#watch(connection);
      return connection;
    } catch (cause) {
      throw elavaError('NATS_UNAVAILABLE', `NATS at ${[servers].flat().join(', ')}: ${messageOf(cause)}`, { cause });
    }
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === Events.Disconnect) this.#up = false;
      if (type === Events.Reconnect) this.#up = true;
    }
  }
}

/** Number of a JetStream API error, as the server's errors.json has it; undefined for any other error. */
export function apiCodeOf(error: unknown): number | undefined {
  return (error as { api_error?: { err_code?: number } } | null)?.api_error?.err_code;
}
