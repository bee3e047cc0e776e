/**
 * The simulated estate: a seeded generator with overrides, so that a million resources need no store. It is the oracle of
 * tests: what it says a unit holds is what a scan has to find.
 */
import { type DriftOptions, drift } from './drift.ts';
import type { Entity, Problem, Tags, View } from './entity.ts';
import type { EstateOptions, ResourceType, Unit } from './estate.ts';
import { kinds } from './kinds/index.ts';
import { type LongTailResource, longTail, longTailTypes } from './long-tail.ts';
import { type Mutation, mutate } from './mutate.ts';
import { EstateState, type UnitFilter } from './state.ts';
import { type Changed, Trail, type TrailOptions } from './trail/trail.ts';
import { type Usage, usageOf } from './usage.ts';

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
  /** What CloudWatch's metrics come to: used hardly at all, far below what it could bear, or well. */
  readonly usage: Usage;
  /** The API's object, in the SDK's form. */
  readonly api: object;
}
const namedByTag: ReadonlySet<ResourceType> = new Set([
  'ec2',
  'ebs',
  'snapshot',
  'vpc',
  'subnet',
  'nat_gateway',
  'eip',
  'eni',
]);

const defaults: EstateOptions = {
  seed: 1,
  accounts: 3,
  regions: ['us-east-1', 'eu-west-1'],
  resources: 5_000,
  startTime: Date.UTC(2026, 5, 1, 9),
};

export interface WorldOptions extends EstateOptions {
  /** How CloudTrail delivers. */
  readonly trail: TrailOptions;
}

/** Makes a world. The same options give the same world. Throws RangeError for options that make none. */
export function createWorld({ trail = {}, ...options }: Partial<WorldOptions> = {}): World {
  return new World({ ...defaults, ...options }, trail);
}

export class World extends EstateState {
  readonly trail: Trail;

  constructor(options: EstateOptions, trail: TrailOptions = {}) {
    super(options);
    this.trail = new Trail(options.seed, this.accounts, trail);
  }

  /** Makes one named change: `world.mutate({ do: 'open_ssh', arn })`. Throws RangeError when it cannot happen. */
  mutate(mutation: Mutation): Changed[] {
    return this.trail.act(mutate(this, mutation), this.now(), mutation.by);
  }

  /** Changes `count` different resources and tells which and how. */
  drift(count: number, options: DriftOptions = {}): Changed[] {
    return drift(this, count, options).flatMap(({ steps, at }) => this.trail.act(steps, at, options.by));
  }

  /** What a scan has to find, of all units or of those that match. */
  *expected(filter: UnitFilter = {}): Generator<Expected> {
    for (const unit of this.units(filter)) {
      for (const entity of this.entities(unit)) yield this.expect(unit, entity);
    }
  }

  /** Resources that only generic listers find. */
  *longTail(
    filter: { readonly account?: string; readonly region?: string; readonly type?: string } = {},
  ): Generator<LongTailResource> {
    const { seed, regions, longTail: count = 0 } = this.options;
    for (const account of this.accounts) {
      if (filter.account !== undefined && filter.account !== account.id) continue;
      for (const region of filter.region === undefined ? regions : regions.filter((name) => name === filter.region)) {
        for (const type of filter.type === undefined ? longTailTypes : [filter.type]) {
          yield* longTail({ seed, account, region, count }, type);
        }
      }
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
      usage: usageOf(kind.arn(unit, entity)),
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
