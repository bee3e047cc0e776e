/** Pages of a unit's resources. A token names the slot to go on from, so a page stays right while the estate changes. */
import type { Entity } from '../world/entity.ts';
import type { ResourceType, Unit } from '../world/estate.ts';
import { ApiError, type Call } from './call.ts';

export interface PageRequest {
  readonly limit: number;
  readonly token?: string | undefined;
  readonly accept?: (entity: Entity, unit: Unit) => boolean;
  /** What the service calls a token that it did not give out. */
  readonly badToken?: string;
}
export interface Page<E extends Entity> {
  readonly entities: readonly E[];
  /** The same with the unit of each. */
  readonly places: readonly (readonly [Unit, E])[];
  readonly next?: string;
}
/** Where a listing goes on: unit (S3 lists over several), slot, and whether the empty page was given. */
interface Cursor {
  readonly unit: number;
  readonly slot: number;
  readonly emptied: boolean;
}

/** The units that a listing goes over, in order; none outside the estate. */
export function unitsOf(call: Call<unknown>, type: ResourceType, regions: readonly string[] = [call.region]): Unit[] {
  return regions.flatMap((region) => call.world.unit(call.caller.account.id, region, type) ?? []);
}

/** The next page over the units. Throws ApiError for a token that cannot be read. */
export function pageOf<E extends Entity>(call: Call<unknown>, units: readonly Unit[], request: PageRequest): Page<E> {
  const start = readCursor(request);
  if (call.lists === 'nothing') return pageWith([]);
  if (call.lists === 'empty page first' && !start.emptied) return pageWith([], { ...start, emptied: true });
  const places: [Unit, E][] = [];
  for (let u = start.unit; u < units.length; u++) {
    const unit = units[u] as Unit;
    for (const entity of call.world.entities(unit, u === start.unit ? start.slot : 0)) {
      if (request.accept?.(entity, unit) === false) continue;
      if (places.length === request.limit) return pageWith(places, { unit: u, slot: entity.slot, emptied: false });
      places.push([unit, entity as E]);
    }
  }
  return pageWith(places);
}

function pageWith<E extends Entity>(places: readonly (readonly [Unit, E])[], next?: Cursor): Page<E> {
  const page = { entities: places.map(([, entity]) => entity), places };
  return next ? { ...page, next: writeCursor(next) } : page;
}

/** A page of any list that is at hand whole. */
export function sliceOf<T>(
  items: readonly T[],
  request: Omit<PageRequest, 'accept'>,
): { items: readonly T[]; next?: string } {
  const { slot } = readCursor(request);
  const end = slot + request.limit;
  const page = items.slice(slot, end);
  return end < items.length
    ? { items: page, next: writeCursor({ unit: 0, slot: end, emptied: false }) }
    : { items: page };
}

/** `limit` within what the API allows, its largest page when none is asked for. */
export function pageLimit(asked: number | undefined, largest: number): number {
  return asked === undefined || asked <= 0 ? largest : Math.min(asked, largest);
}

function writeCursor({ unit, slot, emptied }: Cursor): string {
  return Buffer.from(`elava-sim/${unit}/${slot}/${emptied ? 1 : 0}`).toString('base64url');
}

function readCursor({ token, badToken = 'InvalidNextToken' }: PageRequest): Cursor {
  if (token === undefined || token === '') return { unit: 0, slot: 0, emptied: false };
  const found = /^elava-sim\/(\d+)\/(\d+)\/([01])$/.exec(Buffer.from(token, 'base64url').toString());
  if (!found) throw new ApiError(badToken, 'The token is not valid.');
  return { unit: Number(found[1]), slot: Number(found[2]), emptied: found[3] === '1' };
}
