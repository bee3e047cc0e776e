/** The memory of one store: its only writer, and what can be asked of it. The service only passes calls on to it. */
import { openStore, type StoreOptions } from '../../lib/clickhouse/client.ts';
import { checkTables, migrate } from '../../lib/clickhouse/migrate.ts';
import { migrations } from '../../lib/clickhouse/migrations/index.ts';
import type { Store } from '../../lib/clickhouse/store.ts';
import { tables } from '../../lib/clickhouse/tables/index.ts';
import type { Clock } from '../../lib/time.ts';
import { Ledger } from './commit.ts';
import { Gate } from './gate.ts';
import { Judging } from './judging.ts';
import { Records } from './records.ts';
import { completeFold, foldedUntil } from './retention.ts';
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
}

/** What the actions work with. */
export interface Memory {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly writer: Writer<Work, Written>;
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
    const ledger = new Ledger(store, options.clock);
    const { rolledForward } = await ledger.open();
    const writer = new Writer(groupWriter(store, ledger, options.heard));
    return {
      store,
      ledger,
      writer,
      options,
      rolledForward,
      judging: new Judging({ store, clock: options.clock, retentionMs: options.retentionMs }),
      records: new Records(store),
      past: new Gate(),
      foldedUntil: await foldedUntil(store),
      async close() {
        await writer.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
