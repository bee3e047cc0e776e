/** The memory of services/history behind a scan under test, on a directory of its own, and what the scans sent to it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tables } from '../../lib/clickhouse/tables/index.ts';
import type { Coverage, Resource, Unit } from '../../lib/resource.ts';
import { systemClock } from '../../lib/time.ts';
import { known, resources } from '../../services/history/actions-read.ts';
import { conclude, ingest, observe } from '../../services/history/actions-write.ts';
import { openMemory, type Memory as Store } from '../../services/history/memory.ts';
import { storageOf } from '../../services/history/testing.ts';
import type { Batch } from '../../services/scanner/batches.ts';
import type { Memory } from '../../services/scanner/memory.ts';

const DAY_MS = 86_400_000;

/** What goes over the wire is JSON: what that cannot hold must not pass here either. */
const wired = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export class ScanMemory implements Memory {
  readonly #store: Store;
  readonly #dir: string;
  batches: Batch[] = [];
  coverage: Coverage[] = [];
  /** Versions written since it was last set to 0, tombstones not among them. */
  written = 0;
  gone = 0;

  static async open(): Promise<ScanMemory> {
    const dir = await mkdtemp(join(tmpdir(), 'elava-scan-'));
    const store = await openMemory({
      storage: storageOf(dir),
      clock: systemClock,
      retentionMs: 30 * DAY_MS,
      decisionRetentionMs: 400 * DAY_MS,
      ownerTags: ['owner', 'team'],
      heard: {
        changed: ({ versions }) => {
          opened.written += versions;
        },
        observed: () => {},
      },
    });
    const opened = new ScanMemory(store, dir);
    return opened;
  }

  private constructor(store: Store, dir: string) {
    this.#store = store;
    this.#dir = dir;
  }

  /** Forgets everything: quicker than to open another one. */
  async reset(): Promise<void> {
    for (const { name } of tables) await this.#store.store.run(`TRUNCATE TABLE ${name}`);
    this.batches = [];
    this.coverage = [];
    this.written = 0;
    this.gone = 0;
  }

  async close(): Promise<void> {
    await this.#store.close();
    await rm(this.#dir, { recursive: true, force: true });
  }

  known: Memory['known'] = (asked) => known(this.#store, asked);

  ingest: Memory['ingest'] = async (batch) => {
    this.batches.push(batch);
    return ingest(this.#store, wired(batch));
  };

  observe: Memory['observe'] = async (observed) => this.#closed(await observe(this.#store, wired(observed)));

  conclude: Memory['conclude'] = async (last) => {
    const { batch, scan, unit, finished, resources: sent } = last;
    this.batches.push({ batch, scan, unit, at: finished, resources: sent });
    return this.#closed(await conclude(this.#store, wired(last)));
  };

  #closed(row: Coverage): Coverage {
    this.coverage.push(row);
    this.gone += row.gone;
    return row;
  }

  resources: Memory['resources'] = (asked) => resources(this.#store, asked);

  /** What is live, of a unit or of all, as the scans sent it. */
  async live(unit?: Unit): Promise<Resource[]> {
    const filter = unit && { accounts: [unit.account], regions: [unit.region], types: [unit.type] };
    const found: Resource[] = [];
    let after: string | undefined;
    do {
      const page = await this.resources({ limit: 1000, ...(filter ? { filter } : {}), ...(after ? { after } : {}) });
      for (const resource of page.resources) found.push(asSent(resource));
      after = page.next;
    } while (after);
    return found;
  }
}

function asSent(stored: Awaited<ReturnType<Memory['resources']>>['resources'][number]): Resource {
  const { first_seen: _first, last_seen: _last, state_since: _since, revision: _revision, ...resource } = stored;
  return resource;
}
