/** The store as services use it: statements with bound parameters, rows in and out, errors of our table. */
import { Readable } from 'node:stream';
import type { ClickHouseClient } from '@clickhouse/client';
import { storeError } from './store-errors.ts';
import { headersOf, type Terms } from './terms.ts';

/** How tables are made: plain engines, or replicated ones on every node of a cluster. */
export type StoreKind = 'embedded' | 'server' | 'cluster';
export type Params = Readonly<Record<string, unknown>>;
export interface Options {
  readonly signal?: AbortSignal | undefined;
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Leads that it is written under, beside that which the store was opened with. */
  readonly terms?: Terms | undefined;
}
interface StoreParts {
  readonly client: ClickHouseClient;
  readonly kind: StoreKind;
  readonly database: string;
  readonly cluster?: string;
  readonly onClose?: () => void;
}

export class Store {
  readonly client: ClickHouseClient;
  readonly kind: StoreKind;
  readonly database: string;
  readonly cluster: string;
  /** Name and version of what runs the queries. */
  engine = '';
  readonly #onClose: () => void;
  #closed = false;

  constructor({ client, kind, database, cluster = '', onClose = () => {} }: StoreParts) {
    this.client = client;
    this.kind = kind;
    this.database = database;
    this.cluster = cluster;
    this.#onClose = onClose;
  }

  /** Asks the engine for its version, so that a store which was opened can also be read. */
  async identify(name: string): Promise<this> {
    const [row] = await this.rows<{ version: string }>('SELECT version() AS version');
    this.engine = `${name} ${row?.version ?? ''}`;
    return this;
  }

  /** Rows as objects; 64-bit numbers are strings. For at most some ten thousand rows: they are parsed here. */
  async rows<T extends object>(sql: string, params: Params = {}, options: Options = {}): Promise<T[]> {
    return this.#guarded(async () => {
      const result = await this.client.query({ query: sql, format: 'JSONEachRow', ...atOnce(params, options) });
      return await result.json<T>();
    });
  }

  /** A result of one string column as text, one row a line, unescaped: for JSON that the engine puts together. */
  async lines(sql: string, params: Params = {}, options: Options = {}): Promise<string> {
    return this.#guarded(async () => {
      const result = await this.client.query({ query: sql, format: 'TabSeparatedRaw', ...atOnce(params, options) });
      return await result.text();
    });
  }

  async run(sql: string, params: Params = {}, options: Options = {}): Promise<void> {
    await this.#guarded(() => this.client.command({ query: sql, ...forClient(params, options) }));
  }

  /** Inserts rows given as text, one JSON array a line in the order of `columns`, with no empty line. */
  async insertText(table: string, columns: readonly string[], text: string): Promise<void> {
    if (text === '') return;
    await this.#insert(`INSERT INTO ${table} (${columns.join(', ')}) FORMAT JSONCompactEachRow`, Buffer.from(text));
  }

  /** Inserts rows in RowBinary form, with their columns in this order. `rows` may be used again afterwards. */
  async insertRows(table: string, columns: readonly string[], rows: Buffer, options: Options = {}): Promise<void> {
    await this.#insert(`INSERT INTO ${table} (${columns.join(', ')}) FORMAT RowBinary`, rows, options);
  }

  /** Waits for what runs. Safe to call twice. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.client.close();
    this.#onClose();
  }

  #insert(query: string, data: Buffer, options: Options = {}): Promise<void> {
    return this.#guarded(async () => {
      const values = Readable.from([data], { objectMode: false });
      const { stream } = await this.client.exec({ query, values, ...forClient({}, options) });
      stream.resume();
    });
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storeError(error);
    }
  }
}

/** What is read to its end in any case is computed apart from this thread, which a stream would plan and fetch in. */
function atOnce(params: Params, options: Options) {
  return forClient(params, { ...options, settings: { ...options.settings, wait_end_of_query: 1 } });
}

function forClient(params: Params, { signal, settings, terms }: Options) {
  return {
    query_params: params as Record<string, unknown>,
    ...(signal ? { abort_signal: signal } : {}),
    ...(settings ? { clickhouse_settings: settings } : {}),
    ...(terms ? { http_headers: headersOf(terms) } : {}),
  };
}
