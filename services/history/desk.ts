/** What a process of the role history writes with, whether it leads or not. */
import { randomUUID } from 'node:crypto';
import type { ServiceBroker } from 'moleculer';
import { openStore } from '../../lib/clickhouse/client.ts';
import type { Store } from '../../lib/clickhouse/store.ts';
import type { Terms } from '../../lib/clickhouse/terms.ts';
import { clientOf } from '../../lib/contract.ts';
import type { Runtime } from '../../lib/runtime.ts';
import { Ledger } from './commit.ts';
import { announcer } from './heard.ts';
import { historyContract } from './history.contract.ts';
import { KnownPages } from './known-page.ts';
import type { Writing } from './memory.ts';
import { numbersOver } from './numbers.ts';
import { groupWriter, type Holding } from './write-group.ts';
import { Writer } from './writer.ts';

/** Several processes can reach the store, so that each may write its share. Else the role history writes all by itself. */
export function isShared({ cluster, config }: Pick<Runtime, 'cluster' | 'config'>): boolean {
  return cluster !== undefined && config.storage.url !== '';
}

/** The store and the queue of this process; opened when first needed, for the process that leads makes the tables. */
export class Desk {
  readonly #broker: ServiceBroker;
  readonly #runtime: Runtime;
  #store: Promise<Store> | undefined;
  #writing: Writing | undefined;
  #ledger: Ledger | undefined;

  constructor(broker: ServiceBroker, runtime: Runtime) {
    this.#broker = broker;
    this.#runtime = runtime;
  }

  async open(shards: Holding): Promise<Writing> {
    const store = await this.#opened();
    if (this.#writing) return this.#writing;
    const heard = announcer(this.#broker, this.#runtime.log);
    this.#ledger = new Ledger({ store, numbers: numbersOver(this.#broker), name: randomUUID() });
    const write = groupWriter({ store, ledger: this.#ledger, heard, holding: shards });
    this.#writing = { store, writer: new Writer(write), known: new KnownPages(store) };
    return this.#writing;
  }

  /** The store refuses the last holders once it has seen these terms, with whatever statement. */
  async inherit(terms: Terms): Promise<void> {
    const store = await this.#opened();
    await store.rows('SELECT 1', {}, { terms });
    await clientOf(historyContract, this.#broker).inherit({ terms: { ...terms } });
  }

  async close(): Promise<void> {
    await this.#writing?.writer.close();
    this.#ledger?.close();
    const store = await this.#store?.catch(() => undefined);
    await store?.close();
  }

  #opened(): Promise<Store> {
    this.#store ??= openStore({ ...this.#runtime.config.storage, made: true }).catch((error: unknown) => {
      this.#store = undefined;
      throw error;
    });
    return this.#store;
  }
}
