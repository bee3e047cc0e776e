/**
 * The simulated estate: a seeded generator with overrides, so that a million resources need no store. It is the oracle of
 * tests: what it says a unit holds is what a scan has to find.
 */

import { type DriftOptions, drift } from './drift.ts';
import type { Entity, Problem, Tags } from './entity.ts';
import {
  type Account,
  checkOptions,
  type EstateOptions,
  makeAccounts,
  type ResourceType,
  resourceTypes,
  type Unit,
} from './estate.ts';
import { slotOf } from './ids.ts';
import { kinds } from './kinds/index.ts';
import { Layout } from './layout.ts';
import { type Changed, type Mutation, mutate } from './mutate.ts';
import { Overrides } from './overrides.ts';
import type { View } from './view.ts';

/** What a scan has to find for one resource. */
export interface Expected {
  /** The ARN in AWS's documented form. */
  readonly arn: string;
  readonly id: string;
  readonly type: ResourceType;
  readonly account: string;
  readonly region: string;
  /** "" where only a Name tag would give one and there is none. */
  readonly name: string;
  readonly tags: Tags;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly environment: string;
  readonly awsOwned: boolean;
  readonly problems: readonly Problem[];
  /** The API's object, in the SDK's form. */
  readonly api: object;
}
export interface UnitFilter {
  readonly account?: string;
  readonly region?: string;
  readonly type?: ResourceType;
}

const namedByTag: ReadonlySet<ResourceType> = new Set(['ec2', 'ebs', 'snapshot']);

const defaults: EstateOptions = {
  seed: 1,
  accounts: 3,
  regions: ['us-east-1', 'eu-west-1'],
  resources: 5_000,
  startTime: Date.UTC(2026, 5, 1, 9),
};

/** Makes a world. The same options give the same world. Throws RangeError for options that make none. */
export function createWorld(options: Partial<EstateOptions> = {}): World {
  return new World({ ...defaults, ...options });
}

export class World implements View {
  readonly options: EstateOptions;
  readonly accounts: readonly Account[];
  readonly overrides = new Overrides();
  readonly #layout: Layout;
  #now: number;

  constructor(options: EstateOptions) {
    checkOptions(options);
    this.options = options;
    this.accounts = makeAccounts(options);
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

  account(id: string): Account | undefined {
    return this.#layout.account(id);
  }

  /** The unit, undefined for an account or region outside the estate. Types without a region take any. */
  unit(account: string, region: string, type: ResourceType): Unit | undefined {
    return this.#layout.unit(account, region, type);
  }

  *units(filter: UnitFilter = {}): Generator<Unit> {
    for (const type of filter.type === undefined ? resourceTypes : [filter.type]) {
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
    return slotOf(unit, id);
  }

  find(unit: Unit, id: string): Entity | undefined {
    const found = this.at(unit, slotOf(unit, id));
    if (found?.id === id) return found;
    // What AWS owns has names of its own, in the first slots.
    for (let slot = 0; slot < Math.min(3, unit.count); slot++) {
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

  /** Makes one named change: `world.mutate({ do: 'open_ssh', arn })`. Throws RangeError when it cannot happen. */
  mutate(mutation: Mutation): Changed[] {
    return mutate(this, mutation);
  }

  /** Changes `count` different resources and tells which and how. */
  drift(count: number, options: DriftOptions = {}): Changed[] {
    return drift(this, count, options);
  }

  /** What a scan has to find, of all units or of those that match. */
  *expected(filter: UnitFilter = {}): Generator<Expected> {
    for (const unit of this.units(filter)) {
      for (const entity of this.entities(unit)) yield this.expect(unit, entity);
    }
  }

  expect(unit: Unit, entity: Entity): Expected {
    const kind = kinds[unit.type];
    return {
      arn: kind.arn(unit, entity),
      id: entity.id,
      type: unit.type,
      account: unit.account.id,
      region: unit.region,
      name: namedByTag.has(unit.type) ? (entity.tags.Name ?? '') : entity.name,
      tags: entity.tags,
      createdAt: new Date(entity.createdAt).toISOString(),
      environment: entity.environment,
      awsOwned: entity.awsOwned,
      problems: problemsOf(this, unit, entity),
      api: kind.api(this, unit, entity),
    };
  }
}

/** Every problem of a resource. What AWS itself made has none. */
function problemsOf(view: View, unit: Unit, entity: Entity): Problem[] {
  if (entity.awsOwned) return [];
  const problems = kinds[unit.type].problems(view, unit, entity);
  if (Object.keys(entity.tags).length === 0) problems.push('untagged');
  const owned = ['owner', 'Owner', 'elava_owner', 'team'].some((key) => entity.tags[key]);
  return owned ? problems : [...problems, 'missing_owner'];
}
