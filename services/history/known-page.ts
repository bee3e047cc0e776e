/**
 * Content hashes of a unit's live resources: what a scanner compares with. Every unit of a scan is asked for, most of them
 * are small, and a question costs the same for one as for fifty: those that wait are asked together.
 */
import type { Store } from '../../lib/clickhouse/store.ts';
import { type Unit, unitKey } from '../../lib/resource.ts';
import { hashSql } from './content-hash.ts';
import { DEFAULT_LIMIT, readCursor, writeCursor } from './cursor.ts';
import { inUnits, unitParams, unitStates } from './known.ts';

export interface KnownPage {
  readonly entries: { id: string; hash: string }[];
  readonly next?: string;
  readonly baseline: boolean;
}
interface Asked {
  readonly unit: Unit;
  readonly limit: number;
  readonly resolve: (page: KnownPage | undefined) => void;
  readonly reject: (error: unknown) => void;
}
type Row = Unit & { readonly id: string; readonly digits: string; readonly rid: string };

/** Units of one question, and resources of each: one that has more is asked for by itself. */
const UNITS = 64;
const RESOURCES = 500;

export class KnownPages {
  readonly #store: Store;
  readonly #waiting: Asked[] = [];
  #reading = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** A page of a unit. Errors: STORE_*, CURSOR_INVALID. */
  async read(
    unit: Unit,
    { after, limit = DEFAULT_LIMIT }: { readonly after?: string | undefined; readonly limit?: number | undefined },
  ): Promise<KnownPage> {
    const small = after === undefined ? await this.#together(unit, limit) : undefined;
    return small ?? readPage(this.#store, unit, { after, limit });
  }

  /** Undefined where the unit is too large to be asked for together with others. */
  #together(unit: Unit, limit: number): Promise<KnownPage | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ unit, limit, resolve, reject });
      if (!this.#reading) void this.#readAll();
    });
  }

  async #readAll(): Promise<void> {
    this.#reading = true;
    while (this.#waiting.length > 0) {
      // Those that were told of the same moment ask in the same turn.
      await new Promise((resolve) => setImmediate(resolve));
      const asked = this.#waiting.splice(0, UNITS);
      try {
        const pages = await readSmall(this.#store, asked);
        for (const [i, { resolve }] of asked.entries()) resolve(pages[i]);
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.#reading = false;
  }
}

async function readSmall(store: Store, asked: readonly Asked[]): Promise<(KnownPage | undefined)[]> {
  const units = [...new Map(asked.map(({ unit }) => [unitKey(unit), unit])).values()];
  const [rows, states] = await Promise.all([
    store.rows<Row>(
      `SELECT account, region, type, id, ${hashSql('hash')} AS digits, rid FROM resource_current FINAL
       WHERE live AND ${inUnits} ORDER BY type, account, region, rid LIMIT {limit:UInt32} BY type, account, region`,
      { ...unitParams(units), limit: RESOURCES + 1 },
    ),
    unitStates(store, units),
  ]);
  const byUnit = Map.groupBy(rows, unitKey);
  return asked.map(({ unit, limit }) => {
    const found = byUnit.get(unitKey(unit)) ?? [];
    if (found.length > Math.min(limit, RESOURCES)) return undefined;
    return { entries: found.map(entryOf), baseline: isBaseline(states, unit) };
  });
}

async function readPage(
  store: Store,
  unit: Unit,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<KnownPage> {
  const [rid] = after === undefined ? ['0'] : readCursor(after, 1);
  const [rows, states] = await Promise.all([
    store.rows<Row>(
      `SELECT id, ${hashSql('hash')} AS digits, rid FROM resource_current FINAL
       WHERE live AND type = {type:String} AND account = {account:String} AND region = {region:String}
         ${after === undefined ? '' : 'AND rid > {rid:UInt64}'}
       ORDER BY rid LIMIT {limit:UInt32}`,
      { ...unit, rid, limit: limit + 1 },
    ),
    unitStates(store, [unit]),
  ]);
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const known = { entries: page.map(entryOf), baseline: isBaseline(states, unit) };
  return last ? { ...known, next: writeCursor([last.rid]) } : known;
}

function entryOf({ id, digits }: Row): { id: string; hash: string } {
  return { id, hash: digits };
}

function isBaseline(states: Awaited<ReturnType<typeof unitStates>>, unit: Unit): boolean {
  return (states.get(unitKey(unit))?.last_complete ?? 0) === 0;
}
