/** The memory of one store: who counts its revisions, a writer, and what can be asked of it. The service only passes calls on to it. */
import { randomUUID } from 'node:crypto';
import { openStore, type StoreOptions } from '../../lib/clickhouse/client.ts';
import { checkTables, migrate } from '../../lib/clickhouse/migrate.ts';
import { migrations } from '../../lib/clickhouse/migrations/index.ts';
import type { Store } from '../../lib/clickhouse/store.ts';
import { tables } from '../../lib/clickhouse/tables/index.ts';
import type { Clock } from '../../lib/time.ts';
import { Ledger } from './commit.ts';
import { Gate } from './gate.ts';
import { Judging } from './judging.ts';
import { KnownPages } from './known-page.ts';
import { Records } from './records.ts';
import { completeFold, foldedUntil } from './retention.ts';
import { Revisions } from './revisions.ts';
import type { Work, Written } from './work.ts';
import { groupWriter, type Heard } from './write-group.ts';
import { Writer } from './writer.ts';

export interface MemoryOptions {
  readonly storage: StoreOptions;
  readonly clock: Clock;
  readonly retentionMs: number;
  readonly decisionRetentionMs: number;
  /** Tags that name an owner. */
  readonly ownerTags: readonly string[];
  readonly heard: Heard;
  /** Other processes write as well. */
  readonly shared?: boolean;
}

/** What the actions that write work with. */
export interface Writing {
  readonly store: Store;
  readonly writer: Writer<Work, Written>;
  readonly known: KnownPages;
}

/** What the actions work with. */
export interface Memory extends Writing {
  readonly revisions: Revisions;
  readonly options: MemoryOptions;
  /** Revisions that the last owner left half written. */
  readonly rolledForward: number;
  readonly judging: Judging;
  readonly records: Records;
  /** Whoever asks for the past goes through here: while a week is folded it stands in two tables. */
  readonly past: Gate;
  /** Instants before this (ms) are folded and cannot be asked for. */
  foldedUntil: number;
  close(): Promise<void>;
}

/** Opens the store, brings its tables up to date and completes what a crash left. Errors: STORE_*. */
export async function openMemory(options: MemoryOptions): Promise<Memory> {
  const store = await openStore(options.storage);
  try {
    await migrate(store, migrations);
    await checkTables(store, tables);
    await completeFold(store);
    const { clock, shared = false, heard } = options;
    const revisions = new Revisions({ store, clock, shared, term: options.storage.fence });
    const { rolledForward } = await revisions.open();
    const ledger = new Ledger({ store, numbers: revisions, name: randomUUID() });
    const writer = new Writer(groupWriter({ store, ledger, heard }));
    return {
      store,
      revisions,
      writer,
      known: new KnownPages(store),
      options,
      rolledForward,
      judging: new Judging({ store, clock: options.clock, retentionMs: options.retentionMs }),
      records: new Records(store),
      past: new Gate(),
      foldedUntil: await foldedUntil(store),
      async close() {
        await writer.close();
        ledger.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
