/** Keeps the catalog as BUNDLES_DIR is: listens for changes, and looks besides, for some file systems say nothing. */
import { type FSWatcher, watch } from 'node:fs';
import { sep } from 'node:path';
import { codeOf } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { sleep } from '../../lib/time.ts';
import type { Catalog } from './catalog.ts';
import { lookAround } from './directory.ts';

export interface WatchingOptions {
  readonly directory: string;
  readonly catalog: Pick<Catalog, 'read' | 'vanish'>;
  readonly hotReload: boolean;
  readonly log: Logger;
}

/** Between two looks; more where a look takes long, so that it costs a tenth at most. */
const lookMs = 1000;
/** A file that is being written is left alone until it was still for so long. */
const settleMs = 150;
const loadsAtOnce = 8;
/** With more tenants than that, each is compiled when it is first asked: else a start would take minutes. */
const mostEager = 500;

export class Watching {
  readonly #options: WatchingOptions;
  readonly #stopping = new AbortController();
  #stamps = new Map<string, string>();
  #watcher: FSWatcher | undefined;
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #saidStrange = '';
  /** Something was different from the last look, and may still be changing. */
  #unsettled = false;
  #seen: ReadonlyMap<string, string> = new Map();

  constructor(options: WatchingOptions) {
    this.#options = options;
  }

  /** Reads what is there. */
  async start(): Promise<void> {
    await this.#look(true);
    if (!this.#options.hotReload) return;
    this.#listen();
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#watcher?.close();
    this.#wake?.();
    await this.#running;
  }

  /** Where it cannot listen it still looks. */
  #listen(): void {
    const { directory, log } = this.#options;
    try {
      this.#watcher = watch(directory, { recursive: true, persistent: false });
      this.#watcher.on('change', (_, name) => {
        // Only the tenant's name counts; what changed is found by looking.
        if (String(name ?? '').split(sep)[0]) this.#wake?.();
      });
      this.#watcher.on('error', (error) => log.debug({ error }, 'the watch of the tenants ended'));
    } catch (error) {
      log.debug({ error }, 'the tenants cannot be watched, only looked at');
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let pauseMs = lookMs;
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([woken, sleep(pauseMs, signal, { unref: true }).catch(() => undefined)]);
      if (signal.aborted) return;
      const began = performance.now();
      await this.#look(false);
      pauseMs = Math.max(lookMs, 10 * (performance.now() - began));
      if (this.#unsettled) pauseMs = settleMs;
    }
  }

  /** A tenant is read when it looks the same twice and otherwise than when it was read last. */
  async #look(isFirst: boolean): Promise<void> {
    const { directory, log } = this.#options;
    const { stamps, strange } = await lookAround(directory).catch((error: unknown) => {
      if (isFirst && (error as NodeJS.ErrnoException).code !== 'ENOENT') log.error({ error }, 'no tenants can be read');
      return { stamps: undefined, strange: [] };
    });
    // A directory that cannot be read says nothing of who is gone.
    if (!stamps) return;
    this.#sayStrange(strange);
    const changed = [...stamps].filter(([tenant, stamp]) => this.#stamps.get(tenant) !== stamp);
    const settled = changed.filter(([tenant, stamp]) => isFirst || this.#seen.get(tenant) === stamp);
    this.#unsettled = settled.length < changed.length;
    this.#seen = stamps;
    for (const [tenant, stamp] of settled) this.#stamps.set(tenant, stamp);
    const gone = [...this.#stamps.keys()].filter((tenant) => !stamps.has(tenant));
    for (const tenant of gone) this.#stamps.delete(tenant);
    const lazy = isFirst && settled.length > mostEager;
    await this.#each(
      settled.map(([tenant]) => tenant),
      (tenant) => this.#options.catalog.read(tenant, { lazy }),
    );
    await this.#each(gone, (tenant) => this.#options.catalog.vanish(tenant));
  }

  async #each(tenants: readonly string[], work: (tenant: string) => Promise<void>): Promise<void> {
    const left = [...tenants];
    const next = async (): Promise<void> => {
      for (let tenant = left.pop(); tenant !== undefined; tenant = left.pop()) {
        if (this.#stopping.signal.aborted) return;
        const one = tenant;
        await work(one).catch((error: unknown) =>
          this.#options.log.error({ error, tenant: one, code: codeOf(error) }, 'a tenant cannot be loaded'),
        );
      }
    };
    await Promise.all(Array.from({ length: loadsAtOnce }, next));
  }

  #sayStrange(names: readonly string[]): void {
    const said = names.join(' ');
    if (said !== '' && said !== this.#saidStrange) {
      this.#options.log.warn({ names: names.slice(0, 20) }, 'these can be no tenants and are left alone');
    }
    this.#saidStrange = said;
  }
}
