/**
 * Near real time: what a delivered event changes is scanned again at once, the unit that holds it, and nothing else. A hint
 * only: what is dropped here, or never delivered, is found when its tier is due.
 */
import { messageOf } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { type Unit, unitKey } from '../../lib/resource.ts';
import { sleep } from '../../lib/time.ts';
import { typesChangedBy } from './event-effects.ts';
import type { AuditRecord } from './record.ts';

export interface Scope {
  readonly accounts: string[];
  readonly regions?: string[];
  readonly types: string[];
}
export interface RescansOptions {
  readonly scan: (scope: Scope) => Promise<unknown>;
  /** Types that have no region of their own. */
  readonly globalTypes: () => Promise<ReadonlySet<string>>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** After the first event, until the scan: one change makes several calls, and AWS's lists lag behind them. */
  readonly settleMs?: number;
}

const SETTLE_MS = 3000;
/** Units that may wait for the next scan; of a storm the rest is left to the tiers. */
const MAX_UNITS = 200;

/** The units in which a successful call changed something that is scanned, each once. Pure. */
export function unitsOf(records: readonly Pick<AuditRecord, 'name' | 'account' | 'region' | 'error'>[]): Unit[] {
  const units = new Map<string, Unit>();
  for (const { name, account, region, error } of records) {
    if (error !== '' || account === '' || region === '') continue;
    for (const type of typesChangedBy(name)) {
      const unit = { account, region, type };
      units.set(unitKey(unit), unit);
    }
  }
  return [...units.values()];
}

/** As few scans as say the same: one an account and region, and one an account for what is global. Pure. */
export function scopesOf(units: readonly Unit[], globalTypes: ReadonlySet<string>): Scope[] {
  const scopes = new Map<string, Scope>();
  for (const { account, region, type } of units) {
    const isGlobal = globalTypes.has(type);
    const key = isGlobal ? account : `${account}/${region}`;
    const scope = scopes.get(key) ?? { accounts: [account], ...(isGlobal ? {} : { regions: [region] }), types: [] };
    if (!scope.types.includes(type)) scope.types.push(type);
    scopes.set(key, scope);
  }
  return [...scopes.values()];
}

export class Rescans {
  readonly #options: RescansOptions;
  readonly #waiting = new Map<string, Unit>();
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #dropped = 0;

  constructor(options: RescansOptions) {
    this.#options = options;
  }

  hear(records: readonly AuditRecord[]): void {
    for (const unit of unitsOf(records)) {
      if (this.#waiting.size < MAX_UNITS) this.#waiting.set(unitKey(unit), unit);
      else this.#dropped += 1;
    }
    if (this.#waiting.size > 0 && !this.#stopping.signal.aborted) this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (this.#waiting.size > 0 && !signal.aborted) {
      await sleep(this.#options.settleMs ?? SETTLE_MS, signal).catch(() => undefined);
      if (!signal.aborted) await this.#scan();
    }
    this.#running = undefined;
  }

  async #scan(): Promise<void> {
    const { scan, globalTypes, log } = this.#options;
    const units = [...this.#waiting.values()];
    this.#waiting.clear();
    if (this.#dropped > 0) log.warn({ units: this.#dropped }, 'events changed more units than are scanned at once');
    this.#dropped = 0;
    try {
      const scopes = scopesOf(units, await globalTypes());
      for (const scope of scopes) {
        // One account that is not configured keeps nothing from the others.
        await scan(scope).catch((error: unknown) =>
          log.warn({ ...scope, reason: messageOf(error) }, 'not scanned again'),
        );
      }
      log.info({ units: units.length, scans: scopes.length }, 'events changed units, which are scanned again');
    } catch (error) {
      log.warn({ error, units: units.length }, 'units that events changed are left to their tiers');
    }
  }
}
