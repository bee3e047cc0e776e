/**
 * The SDK's clients: one for each service × credentials × region, made when needed and kept while used. All of them share
 * one HTTP handler and its connections; a client of its own per account and region is what other tools run out of memory on.
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Command } from '@smithy/core/client';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsCredentialIdentity, MetadataBearer } from '@smithy/types';
import { elavaError } from '../../../lib/errors.ts';
import type { Clock } from '../../../lib/time.ts';
import { Lru } from './lru.ts';
import { type ServiceName, services } from './services.ts';

/** The key of the caller's own credentials. */
export const OWN = 'own';

/** Whose credentials: `key` tells them apart, `provide` fetches them; none means the caller's own, by the SDK's chain. */
export interface Credentials {
  readonly key: string;
  readonly provide?: () => Promise<AwsCredentialIdentity>;
}

export interface SendOptions {
  readonly service: ServiceName;
  readonly region: string;
  readonly credentials: Credentials;
  readonly signal: AbortSignal;
}

/** What is used of a client; the SDK's own types differ with the service. */
interface Client {
  send(command: object, options: { abortSignal: AbortSignal }): Promise<MetadataBearer>;
  readonly middlewareStack: { add(middleware: (next: unknown) => unknown, options: object): void };
  readonly config: { readonly credentials?: () => Promise<AwsCredentialIdentity> };
}
type Loaded = { readonly client: Client; readonly commands: Readonly<Record<string, unknown>> };
type Next = (request: unknown) => Promise<{ response: unknown }>;
type CommandClass = new (input: object) => Command<object, MetadataBearer, unknown>;

const MAX_CLIENTS = 256;
/** For each unit that is read at once; one reads eight details side by side, which mostly wait for AWS. */
const SOCKETS_PER_UNIT = 8;
const MAX_SOCKETS = 512;
const CONNECT_MS = 5000;

export class Clients {
  readonly #clients = new Lru<Promise<Loaded>>(MAX_CLIENTS);
  readonly #agents: { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpsAgent };
  readonly #handler: NodeHttpHandler;
  #own: Promise<() => Promise<AwsCredentialIdentity>> | undefined;

  /** `units`: how many are read at once. */
  constructor(units: number) {
    const options = { keepAlive: true, maxSockets: Math.min(MAX_SOCKETS, units * SOCKETS_PER_UNIT) };
    this.#agents = { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
    // The whole of a call is timed where it is made; here only the connection is.
    this.#handler = new NodeHttpHandler({ ...this.#agents, connectionTimeout: CONNECT_MS, logger: silent });
  }

  /** One request, one attempt: rates and retries are the caller's business. Rejects with whatever the SDK throws. */
  async send(operation: string, input: object, options: SendOptions): Promise<MetadataBearer> {
    const { service, region, credentials, signal } = options;
    const { client, commands } = await this.#loaded(service, region, credentials);
    const command = commands[`${operation}Command`] as CommandClass;
    return client.send(new command(input), { abortSignal: signal });
  }

  /** The time that AWS's answer carries, also where it refuses the credentials, and when the request was sent. */
  async dateOf(options: SendOptions, clock: Clock): Promise<{ date: string; sent: number }> {
    const { service, region, credentials, signal } = options;
    const { client, commands } = await this.#loaded(service, region, credentials);
    const command = new (commands.GetCallerIdentityCommand as CommandClass)({});
    let date: string | undefined;
    let sent = clock.now();
    const watch = (next: Next) => async (request: unknown) => {
      sent = clock.now();
      const answer = await next(request);
      date = (answer.response as { headers?: Record<string, string> } | undefined)?.headers?.date;
      return answer;
    };
    // Next to the wire: what comes after it may refuse the answer.
    command.middlewareStack.add(watch as never, { step: 'deserialize', priority: 'low' });
    try {
      await client.send(command, { abortSignal: signal });
    } catch (error) {
      if (date === undefined) throw error;
    }
    return { date: date ?? '', sent };
  }

  /** Lets go of what was made with credentials that are no longer good. */
  forget({ key }: Credentials, service: ServiceName, region: string): void {
    this.#clients.delete(`${service} ${region} ${key}`);
  }

  /** The caller's own credentials have expired: the chain is gone through again, for whoever has signed in meanwhile. */
  forgetOwn(): void {
    this.#own = undefined;
    this.#clients.deleteWhere((key) => key.endsWith(` ${OWN}`));
  }

  get size(): number {
    return this.#clients.size;
  }

  close(): void {
    this.#clients.clear();
    this.#agents.httpAgent.destroy();
    this.#agents.httpsAgent.destroy();
  }

  #loaded(service: ServiceName, region: string, credentials: Credentials): Promise<Loaded> {
    return this.#clients.get(`${service} ${region} ${credentials.key}`, async () => {
      const provide = credentials.provide ?? (await (this.#own ??= this.#ownCredentials(region)));
      return this.#make(service, region, provide);
    });
  }

  /** The default chain, once for all clients: a chain each would sign in again and again. */
  async #ownCredentials(region: string): Promise<() => Promise<AwsCredentialIdentity>> {
    const { client } = await this.#make('sts', region);
    const { credentials } = client.config;
    if (!credentials) throw elavaError('AWS_CREDENTIALS_MISSING', 'the SDK has no credential chain');
    return credentials;
  }

  async #make(
    service: ServiceName,
    region: string,
    credentials?: () => Promise<AwsCredentialIdentity>,
  ): Promise<Loaded> {
    const { load, client, protocol } = services[service];
    const commands = (await load()) as unknown as Record<string, unknown>;
    const made = new (commands[client] as new (config: object) => Client)({
      region,
      ...(credentials ? { credentials } : {}),
      ...(protocol ? { protocol } : {}),
      requestHandler: this.#handler,
      // Works for every bucket name and every endpoint, also where bucket.host does not resolve.
      ...(service === 's3' ? { forcePathStyle: true } : {}),
      // An endpoint that was configured is meant for all calls; the queues' addresses name AWS's own.
      ...(service === 'sqs' ? { useQueueUrlAsEndpoint: false } : {}),
    });
    for (const unused of replaced) made.middlewareStack.add((next: unknown) => next, { ...unused, override: true });
    return { client: made, commands };
  }
}

/**
 * Replaced by nothing, under their names because others stand relative to them. Attempts are the business of api.ts, which
 * paces each of them; and what would be logged is a redacted copy of the whole answer, made even when nobody logs it.
 */
const replaced = [
  { name: 'retryMiddleware', step: 'finalizeRequest', priority: 'high' },
  { name: 'loggerMiddleware', step: 'initialize' },
] as const;

/** The handler would write to the console that its sockets are busy; they are meant to be. */
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
