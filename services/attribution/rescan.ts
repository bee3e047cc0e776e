/**
 * Near real time: what a delivered event changes is read again at once: the resources that it names where their type can be
 * read alone, else the unit that holds them. A hint only: what is dropped here, or never delivered, is found when its tier is due.
 */
import { messageOf } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { type Unit, unitKey } from '../../lib/resource.ts';
import { sleep } from '../../lib/time.ts';
import { typesChangedBy } from './event-effects.ts';
import type { AuditRecord } from './record.ts';
import { idsIn, MOST_IDS } from './subject.ts';

export interface Scope {
  readonly accounts: string[];
  readonly regions?: string[];
  readonly types: string[];
}
export interface RescanType {
  readonly type: string;
  /** It has no region of its own. */
  readonly global: boolean;
  /** How its short ids begin, where a resource can be read by it. */
  readonly alone?: string | undefined;
}
export interface RescansOptions {
  readonly scan: (scope: Scope) => Promise<unknown>;
  /** Reads resources by their short ids; gives back those that it could not read. */
  readonly reread: (unit: Unit, ids: readonly string[]) => Promise<readonly string[]>;
  readonly types: () => Promise<readonly RescanType[]>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** After the first event, until the scan: one change makes several calls, and AWS's lists lag behind them. */
  readonly settleMs?: number;
}

const SETTLE_MS = 3000;
/** More ids, or more events, of one unit: it is sooner read as a whole. */
const MOST_ALONE = 50;
/** Units that may wait for the next scan; of a storm the rest is left to the tiers. */
const MAX_UNITS = 200;

/** A unit in which something changed, and the ids that each event names; undefined when they are too many to go by. */
interface Touched {
  readonly unit: Unit;
  readonly events: readonly (readonly string[])[] | undefined;
}

type Told = Pick<AuditRecord, 'name' | 'account' | 'region' | 'error' | 'request' | 'response'>;

/** The units in which a successful call changed something that is scanned, each once. Pure. */
export function touchedBy(records: readonly Told[]): Touched[] {
  const units = new Map<string, Touched>();
  for (const { name, account, region, error, request, response } of records) {
    if (error !== '' || account === '' || region === '') continue;
    const named = [request, response].map((value) => idsIn(value, 0));
    const events = named.some(({ length }) => length >= MOST_IDS) ? undefined : [named.flat()];
    for (const type of typesChangedBy(name)) {
      const unit = { account, region, type };
      units.set(unitKey(unit), joined(units.get(unitKey(unit)), { unit, events }));
    }
  }
  return [...units.values()];
}

function joined(known: Touched | undefined, { unit, events }: Touched): Touched {
  if (!known) return { unit, events };
  const both = known.events && events && [...known.events, ...events];
  return { unit, events: both && both.length <= MOST_ALONE ? both : undefined };
}

/** The ids of the unit's own type, where reading them is enough: every event named some. Pure. */
export function aloneOf({ events = [] }: Touched, prefix: string | undefined): string[] | undefined {
  if (prefix === undefined || events.length === 0) return undefined;
  const own = events.map((ids) => ids.filter((id) => id.startsWith(prefix)));
  const all = new Set(own.flat());
  return own.every(({ length }) => length > 0) && all.size <= MOST_ALONE ? [...all] : undefined;
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
  readonly #waiting = new Map<string, Touched>();
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #dropped = 0;

  constructor(options: RescansOptions) {
    this.#options = options;
  }

  hear(records: readonly AuditRecord[]): void {
    for (const touched of touchedBy(records)) {
      const key = unitKey(touched.unit);
      const known = this.#waiting.get(key);
      if (known || this.#waiting.size < MAX_UNITS) this.#waiting.set(key, joined(known, touched));
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
    const { scan, types, log } = this.#options;
    const touched = [...this.#waiting.values()];
    this.#waiting.clear();
    if (this.#dropped > 0) log.warn({ units: this.#dropped }, 'events changed more units than are scanned at once');
    this.#dropped = 0;
    try {
      const known = await types();
      const units = await this.#readAlone(touched, new Map(known.map(({ type, alone }) => [type, alone])));
      const scopes = scopesOf(units, new Set(known.flatMap(({ type, global }) => (global ? [type] : []))));
      for (const scope of scopes) {
        // One account that is not configured keeps nothing from the others.
        await scan(scope).catch((error: unknown) =>
          log.warn({ ...scope, reason: messageOf(error) }, 'not scanned again'),
        );
      }
      const alone = touched.length - units.length;
      log.info({ units: units.length, scans: scopes.length, alone }, 'what events changed is read again');
    } catch (error) {
      log.warn({ error, units: touched.length }, 'units that events changed are left to their tiers');
    }
  }

  /** Reads the resources that are named; returns the units that have to be scanned. */
  async #readAlone(touched: readonly Touched[], prefixes: ReadonlyMap<string, string | undefined>): Promise<Unit[]> {
    const { reread, log } = this.#options;
    const units: Unit[] = [];
    for (const one of touched) {
      const ids = aloneOf(one, prefixes.get(one.unit.type));
      // What is not there any more, only an observation of the whole unit can tell.
      const missing = ids
        ? await reread(one.unit, ids).catch((error: unknown) => {
            log.warn({ ...one.unit, reason: messageOf(error) }, 'not read alone');
            return ids;
          })
        : undefined;
      if (missing?.length !== 0) units.push(one.unit);
    }
    return units;
  }
}
