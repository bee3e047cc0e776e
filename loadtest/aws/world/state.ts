/** The estate as it is now: what the generator gives, with what was changed laid over it, at the world's own time. */
import type { Entity, View } from './entity.ts';
import {
  type Account,
  checkOptions,
  type EstateOptions,
  makeAccounts,
  type ResourceType,
  typesOf,
  type Unit,
} from './estate.ts';
import { slotOf } from './ids.ts';
import { kinds } from './kinds/index.ts';
import { Layout } from './layout.ts';
import { Overrides } from './overrides.ts';

/** Slots whose ids follow no rule: what AWS made, and the account's own key. */
const namedSlots = 4;

export interface UnitFilter {
  readonly account?: string;
  readonly region?: string;
  readonly type?: ResourceType;
}

export class EstateState implements View {
  readonly options: EstateOptions;
  readonly accounts: readonly Account[];
  /** The types that the estate has. */
  readonly types: readonly ResourceType[];
  readonly overrides = new Overrides();
  readonly #layout: Layout;
  #now: number;
  #drifts = 0;

  constructor(options: EstateOptions) {
    checkOptions(options);
    this.options = options;
    this.accounts = makeAccounts(options);
    this.types = typesOf(options);
    this.#layout = new Layout(options, this.accounts);
    this.#now = options.startTime;
  }

  get startTime(): number {
    return this.options.startTime;
  }

  now(): number {
    return this.#now;
  }

  /** Lets time pass. Nothing else moves the world's clock. */
  advance(milliseconds: number): void {
    if (!(milliseconds >= 0)) throw new RangeError('time only goes forward');
    this.#now += milliseconds;
  }

  /** How often the estate drifted before. */
  countDrift(): number {
    return this.#drifts++;
  }

  account(id: string): Account | undefined {
    return this.#layout.account(id);
  }

  /** The unit, undefined for an account or region outside the estate. Types without a region take any. */
  unit(account: string, region: string, type: ResourceType): Unit | undefined {
    return this.#layout.unit(account, region, type);
  }

  *units(filter: UnitFilter = {}): Generator<Unit> {
    for (const type of this.types) {
      if (filter.type !== undefined && filter.type !== type) continue;
      for (const unit of this.#layout.units(type, filter.account)) {
        if (filter.region === undefined || filter.region === unit.region) yield unit;
      }
    }
  }

  sibling(unit: Unit, type: ResourceType): Unit {
    const region = unit.region === 'global' ? (this.options.regions[0] as string) : unit.region;
    return this.#layout.unit(unit.account.id, region, type) as Unit;
  }

  /** The resource in a slot as it is now, undefined when it is gone or was never there. */
  at(unit: Unit, slot: number): Entity | undefined {
    if (slot < 0 || slot >= this.overrides.slots(unit) || this.overrides.isGone(unit, slot)) return undefined;
    return this.overrides.apply(unit, kinds[unit.type].generate(this, unit, slot));
  }

  /** The slot that an id stands for, whether or not its resource is still there. */
  slotOf(unit: Unit, id: string): number {
    return kinds[unit.type].slotOf?.(this, unit, id) ?? slotOf(unit, id);
  }

  find(unit: Unit, id: string): Entity | undefined {
    const found = this.at(unit, this.slotOf(unit, id));
    if (found?.id === id) return found;
    // What AWS owns has names of its own, in the first slots.
    for (let slot = 0; slot < Math.min(namedSlots, unit.count); slot++) {
      const entity = this.at(unit, slot);
      if (entity?.id === id) return entity;
    }
    return undefined;
  }

  /** The unit's resources in the order of their slots, which is the order of pages. */
  *entities(unit: Unit, from = 0): Generator<Entity> {
    const slots = this.overrides.slots(unit);
    for (let slot = from; slot < slots; slot++) {
      const entity = this.at(unit, slot);
      if (entity) yield entity;
    }
  }

  describe(unit: Unit, entity: Entity): object {
    return kinds[unit.type].api(this, unit, entity);
  }
}
