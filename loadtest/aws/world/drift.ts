/** A day in the life of an estate: so many resources changed, each once, so that a scan has exactly that many to write. */
import type { Entity, Tags } from './entity.ts';
import type { ResourceType, Unit } from './estate.ts';
import { kinds } from './kinds/index.ts';
import { create, modify, remove, withoutKeys } from './mutate.ts';
import { Dice, mix } from './random.ts';
import type { EstateState, UnitFilter } from './state.ts';
import type { Archetype } from './trail/actor.ts';
import type { Step } from './trail/step.ts';
import { people } from './vocabulary.ts';

export interface DriftOptions extends UnitFilter {
  /** Another seed, other changes; the world's seed and clock decide when absent. */
  readonly seed?: number;
  /** Only changes of what is there: nothing is made or deleted. */
  readonly modifyOnly?: boolean;
  /** Spreads the changes over so many milliseconds that have just passed; all happen now when absent. */
  readonly within?: number;
  /** Who makes all of them. */
  readonly by?: Archetype;
}
/** What one call of the API did: several resources where the API takes several. */
export interface Act {
  readonly steps: readonly Step[];
  readonly at: number;
}

/** A deletion, a creation, and for the rest a change of state or tags. */
const shares = { create: 0.06, remove: 0.06, tags: 0.4 };
/** How often an API that takes several resources is given several, and how many at most. */
const batch = { share: 0.3, most: 20 };
/** What leaves when nothing can be changed any more: far more tries than a changeable estate needs. */
const triesPerChange = 200;

/** Changes `count` different resources. Throws when the estate has not as many that can be changed. */
export function drift(world: EstateState, count: number, options: DriftOptions = {}): Act[] {
  // Its own dice each time, also when the clock stands: the same ones would set the same things to what they are.
  const dice = new Dice(mix(options.seed ?? world.options.seed, (world.now() + world.countDrift()) % 2 ** 31));
  const pick = unitPicker([...world.units(options)], world);
  const touched = new Set<string>();
  const acts: Act[] = [];
  for (let tries = 0; touched.size < count; tries++) {
    if (tries > count * triesPerChange)
      throw new RangeError(`only ${touched.size} of ${count} resources could be changed`);
    const unit = pick(dice);
    if (!unit) continue;
    const at = world.now() - (options.within ? 1000 * dice.below(Math.ceil(options.within / 1000)) : 0);
    const most = count - touched.size;
    const steps = changeSome(world, unit, { dice, touched, modifyOnly: options.modifyOnly ?? false, at, most });
    for (const { arn } of steps) touched.add(arn);
    if (steps.length > 0) acts.push({ steps, at });
  }
  return acts;
}

interface Turn {
  readonly dice: Dice;
  readonly touched: ReadonlySet<string>;
  readonly modifyOnly: boolean;
  readonly at: number;
  /** Resources that may still be changed. */
  readonly most: number;
}

function changeSome(world: EstateState, unit: Unit, turn: Turn): Step[] {
  const { dice, modifyOnly, at } = turn;
  const kind = dice.next();
  if (!modifyOnly && kind < shares.create) {
    if (dependent.has(unit.type)) return [];
    const place = { type: unit.type, account: unit.account.id, region: unit.region };
    const many = unit.type === 'ec2' ? batchOf(turn) : 1;
    return Array.from({ length: many }, () => create(world, place, at));
  }
  const entity = untouched(world, unit, turn);
  if (!entity) return [];
  if (!modifyOnly && kind < shares.create + shares.remove) return removeOne(world, unit, entity);
  if (kind >= shares.create + shares.remove + shares.tags) return modifyOne(world, unit, entity, turn);
  return kinds[unit.type].trail.source === 'ec2.amazonaws.com'
    ? tagMany(world, unit, entity, turn)
    : [retagged(world, unit, entity, retag(entity.tags, dice))];
}

/** One, or up to twenty: never more than are still to change. */
function batchOf({ dice, most }: Turn): number {
  return dice.chance(batch.share) ? Math.min(most, 2 + dice.below(batch.most - 1)) : 1;
}

function untouched(world: EstateState, unit: Unit, { dice, touched }: Turn): Entity | undefined {
  const entity = world.at(unit, dice.below(world.overrides.slots(unit)));
  if (!entity || entity.awsOwned || touched.has(kinds[unit.type].arn(unit, entity))) return undefined;
  return entity;
}

/** Types whose deletion changes something else that a scan sees, or that have others depend on them. */
const lasting: ReadonlySet<ResourceType> = new Set(['ec2', 'security_group', 'ecs']);
/** Types that cannot be made without making something else. */
const dependent: ReadonlySet<ResourceType> = new Set(['nat_gateway']);

function removeOne(world: EstateState, unit: Unit, entity: Entity): Step[] {
  if (lasting.has(unit.type) || kinds[unit.type].keeps?.(entity)) return [];
  return remove(world, unit, entity);
}

function modifyOne(world: EstateState, unit: Unit, entity: Entity, { dice, at }: Turn): Step[] {
  const mutations = Object.entries(kinds[unit.type].mutations);
  if (mutations.length === 0) return [];
  const [what, change] = dice.pick(mutations);
  const patch = change(entity, { now: at, dice });
  return patch ? [modify(world, { unit, entity, patch, what })] : [];
}

interface Retag {
  readonly set?: Tags;
  readonly unset?: readonly string[];
}

/** The same tags on several resources, in one call. */
function tagMany(world: EstateState, unit: Unit, first: Entity, turn: Turn): Step[] {
  const many = batchOf(turn);
  if (many === 1) return [retagged(world, unit, first, retag(first.tags, turn.dice))];
  const set = { ticket: `OPS-${turn.dice.hex(8)}` };
  const entities = new Map([[first.slot, first]]);
  for (let i = 0; i < many * 2 && entities.size < many; i++) {
    const entity = untouched(world, unit, turn);
    if (entity) entities.set(entity.slot, entity);
  }
  return [...entities.values()].map((entity) => retagged(world, unit, entity, { set }));
}

function retagged(world: EstateState, unit: Unit, entity: Entity, { set, unset }: Retag): Step {
  const tags = unset ? withoutKeys(entity.tags, unset) : { ...entity.tags, ...set };
  const what = unset ? 'untag' : 'tag';
  return modify(world, { unit, entity, patch: { tags }, what, ...(unset ? { unset } : { set: set ?? {} }) });
}

/** An owner leaves, a tag is lost, or one is set. Tags of AWS's own cannot be changed. */
function retag(tags: Tags, dice: Dice): Retag {
  const own = Object.keys(tags).filter((key) => !key.startsWith('aws:'));
  const owner = own.find((key) => key.toLowerCase().endsWith('owner'));
  if (owner && dice.chance(0.4)) {
    const others = people.filter((name) => !tags[owner]?.startsWith(name));
    return { set: { [owner]: `${dice.pick(others)}@acme.example` } };
  }
  if (own.length > 0 && dice.chance(0.3)) return { unset: [dice.pick(own)] };
  return { set: { ticket: `OPS-${dice.hex(8)}` } };
}

/** Picks units by the number of their resources. */
function unitPicker(units: readonly Unit[], world: EstateState): (dice: Dice) => Unit | undefined {
  const upTo: number[] = [];
  let sum = 0;
  for (const unit of units) upTo.push((sum += world.overrides.slots(unit)));
  return (dice) => {
    const at = dice.below(sum);
    let [low, high] = [0, upTo.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] as number) > at) high = middle;
      else low = middle + 1;
    }
    return units[low];
  };
}
