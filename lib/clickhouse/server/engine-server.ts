/**
 * The embedded engine behind ClickHouse's HTTP interface, as a process of its own that several roles share: enough of the
 * interface for @clickhouse/client. One database, no sessions, two users at most, and nothing that leaves the server.
 */
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, isIP } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { elavaError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import type { ChdbConnection } from '../chdb-connection.ts';
import { type EngineOptions, openEngine } from '../client.ts';
import { answerDone, answerError, answerRows } from './answer.ts';
import { engineErrorOf, Refused } from './errors.ts';
import { Fence } from './fence.ts';
import { bodyOf, type Question, questionOf } from './request.ts';
import { bareSql, checkStatement, contentTypeOf, kindOf, withFormat } from './statement.ts';

export interface EngineServerOptions extends EngineOptions {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** Empty: nobody is asked for one, which only a loopback address may do. */
  readonly password: string;
  /** Of the user "reader", who may only ask; empty: there is none. */
  readonly readPassword?: string;
  /** Files; with both it speaks HTTPS. */
  readonly cert?: string;
  readonly key?: string;
  readonly log: Logger;
  readonly resetFence?: boolean;
}

/** A batch of the memory is a megabyte; ids of a large unit are some ten. */
const MAX_BODY = 256 << 20;
const MAX_CONNECTIONS = 512;
const READER = 'reader';

export class EngineServer {
  readonly #options: EngineServerOptions;
  readonly #engine: { readonly connection: ChdbConnection; readonly release: () => void };
  readonly #fence: Fence;
  readonly #server: Server;
  readonly #working = new Set<Promise<void>>();
  #version = '';
  #url = '';

  private constructor(options: EngineServerOptions, engine: Awaited<ReturnType<typeof openEngine>>) {
    this.#options = options;
    this.#engine = engine;
    this.#fence = new Fence(path.resolve(options.path));
    if (options.resetFence) this.#fence.reset();
    this.#server = this.#create();
  }

  /** Opens the directory and listens. Errors: STORE_IN_USE, STORE_UNAVAILABLE, STORE_OPEN_BIND. */
  static async start(options: EngineServerOptions): Promise<EngineServer> {
    if (options.password === '' && !isLoopback(options.host))
      throw elavaError('STORE_OPEN_BIND', `storage.listen.host is ${options.host} and storage.password is empty`);
    const engine = await openEngine(options);
    const server = new EngineServer(options, engine);
    try {
      await server.#listen();
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  get url(): string {
    return this.#url;
  }

  /** Answers what was asked, then lets go of the directory. */
  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeIdleConnections();
    await Promise.allSettled(this.#working);
    this.#server.closeAllConnections();
    await this.#engine.connection.close();
    this.#engine.release();
  }

  async #listen(): Promise<void> {
    const { host, port, cert = '' } = this.#options;
    this.#version = await versionOf(this.#engine.connection);
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const { address, port: bound } = this.#server.address() as AddressInfo;
    const name = address.includes(':') ? `[${address}]` : address;
    this.#url = `${cert === '' ? 'http' : 'https'}://${name}:${bound}`;
  }

  #create(): Server {
    const { cert = '', key = '' } = this.#options;
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      const working = this.#answer(request, response).finally(() => this.#working.delete(working));
      this.#working.add(working);
    };
    // A client keeps a connection 2.5 s without use; the side that closes first must not be this one.
    const limits = { keepAliveTimeout: 10_000, requestTimeout: 300_000, maxHeaderSize: 1 << 20 };
    const server =
      cert === ''
        ? createHttp(limits, answer)
        : (createHttps({ ...limits, cert: readFileSync(cert), key: readFileSync(key) }, answer) as unknown as Server);
    server.maxConnections = MAX_CONNECTIONS;
    return server;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://store');
    const id = randomUUID();
    if (url.pathname === '/ping' || url.pathname === '/replicas_status') {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=UTF-8' }).end('Ok.\n');
      return;
    }
    try {
      const question = questionOf(request, url, id);
      const reader = this.#authenticate(question);
      if (request.method !== 'POST') throw new Refused(164, 'READONLY', 'ask with POST');
      this.#checkDatabase(question);
      const body = await bodyOf(request, MAX_BODY);
      await this.#run({ question, body, reader }, response);
    } catch (error) {
      const told = engineErrorOf(error);
      this.#options.log.debug({ code: told.number, reason: told.message }, 'a statement failed');
      answerError(response, id, { ...told, version: this.#version });
    }
  }

  /** True for the reader. */
  #authenticate({ user, password }: Question): boolean {
    const { username, password: writer, readPassword = '' } = this.#options;
    if (user === username && same(password, writer)) return false;
    if (user === READER && readPassword !== '' && same(password, readPassword)) return true;
    throw new Refused(516, 'AUTHENTICATION_FAILED', `${user}: Authentication failed: the user or password is wrong`);
  }

  /** `default` is where a client stands before it has made the database. */
  #checkDatabase({ database }: Question): void {
    if (database === this.#options.database || database === 'default') return;
    throw new Refused(81, 'UNKNOWN_DATABASE', `Database ${database} does not exist`);
  }

  async #run(
    { question, body, reader }: { question: Question; body: Buffer; reader: boolean },
    response: ServerResponse,
  ): Promise<void> {
    const inUrl = bareSql(question.sql);
    const insert = kindOf(inUrl) === 'insert';
    const sql = insert || body.length === 0 ? question.sql : `${question.sql}\n${body.toString()}`.trim();
    const bare = insert ? inUrl : bareSql(sql);
    checkStatement(bare);
    const kind = insert ? 'insert' : kindOf(bare);
    if (reader && kind !== 'read') throw new Refused(164, 'READONLY', `${READER} may only ask`);
    const { connection } = this.#engine;
    const shared = { query_id: question.id, clickhouse_settings: question.settings, query_params: question.params };
    await this.#fence.run(question.terms, kind !== 'read', async () => {
      if (kind === 'read') return this.#read({ question, sql, shared, reader }, response);
      const done =
        kind === 'insert'
          ? await connection.insert({
              ...shared,
              query: question.sql,
              values: Readable.from([body], { objectMode: false }),
            })
          : await connection.command({ ...shared, query: sql });
      answerDone(response, question.id, done.summary ?? {});
    });
  }

  async #read(
    { question, sql, shared, reader }: { question: Question; sql: string; shared: object; reader: boolean },
    response: ServerResponse,
  ): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const asked = withFormat(sql, question.format);
    const query = reader ? `${asked.sql} SETTINGS readonly = 1` : asked.sql;
    const { stream } = await this.#engine.connection.query({ ...shared, query, abort_signal: gone.signal });
    await answerRows(response, question, { stream, format: asked.format, contentType: contentTypeOf(asked.format) });
  }
}

function same(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

async function versionOf(connection: ChdbConnection): Promise<string> {
  const { stream } = await connection.query({ query: 'SELECT version() FORMAT TabSeparated' });
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text.trim();
}
