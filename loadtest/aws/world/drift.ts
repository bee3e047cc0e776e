/** A day in the life of an estate: so many resources changed, each once, so that a scan has exactly that many to write. */
import type { Entity, Tags } from './entity.ts';
import type { ResourceType, Unit } from './estate.ts';
import { kinds } from './kinds/index.ts';
import { type Changed, create, modify, remove, withoutKeys } from './mutate.ts';
import { Dice, mix } from './random.ts';
import type { EstateState, UnitFilter } from './state.ts';
import { people } from './vocabulary.ts';

export interface DriftOptions extends UnitFilter {
  /** Another seed, other changes; the world's seed and clock decide when absent. */
  readonly seed?: number;
  /** Only changes of what is there: nothing is made or deleted. */
  readonly modifyOnly?: boolean;
}

/** A deletion, a creation, and for the rest a change of state or tags. */
const shares = { create: 0.06, remove: 0.06, tags: 0.4 };
/** What leaves when nothing can be changed any more: far more tries than a changeable estate needs. */
const triesPerChange = 200;

/** Changes `count` different resources. Throws when the estate has not as many that can be changed. */
export function drift(world: EstateState, count: number, options: DriftOptions = {}): Changed[] {
  const dice = new Dice(mix(options.seed ?? world.options.seed, world.now() % 2 ** 31));
  const pick = unitPicker([...world.units(options)], world);
  const changes = new Map<string, Changed>();
  for (let tries = 0; changes.size < count; tries++) {
    if (tries > count * triesPerChange)
      throw new RangeError(`only ${changes.size} of ${count} resources could be changed`);
    const unit = pick(dice);
    const made = unit && changeOne(world, unit, { dice, touched: changes, modifyOnly: options.modifyOnly ?? false });
    if (made) changes.set(made.arn, made);
  }
  return [...changes.values()];
}

interface Turn {
  readonly dice: Dice;
  readonly touched: ReadonlyMap<string, Changed>;
  readonly modifyOnly: boolean;
}

function changeOne(world: EstateState, unit: Unit, { dice, touched, modifyOnly }: Turn): Changed | undefined {
  const kind = dice.next();
  if (!modifyOnly && kind < shares.create) {
    return create(world, { type: unit.type, account: unit.account.id, region: unit.region });
  }
  const entity = world.at(unit, dice.below(world.overrides.slots(unit)));
  if (!entity || entity.awsOwned || touched.has(kinds[unit.type].arn(unit, entity))) return undefined;
  if (!modifyOnly && kind < shares.create + shares.remove) return removeOne(world, unit, entity);
  return kind < shares.create + shares.remove + shares.tags
    ? modify(world, { unit, entity, patch: { tags: retag(entity.tags, dice) }, what: 'tag' })
    : modifyOne(world, unit, entity, dice);
}

/** Types whose deletion changes nothing else that a scan sees. */
const removable: ReadonlySet<ResourceType> = new Set([
  'ebs',
  'snapshot',
  'rds',
  's3',
  'lambda',
  'iam_role',
  'dynamodb',
]);

function removeOne(world: EstateState, unit: Unit, entity: Entity): Changed | undefined {
  if (!removable.has(unit.type) || kinds[unit.type].keeps?.(entity)) return undefined;
  return remove(world, unit, entity)[0];
}

function modifyOne(world: EstateState, unit: Unit, entity: Entity, dice: Dice): Changed | undefined {
  const mutations = Object.entries(kinds[unit.type].mutations);
  if (mutations.length === 0) return undefined;
  const [what, change] = dice.pick(mutations);
  const patch = change(entity, { now: world.now(), dice });
  return patch && modify(world, { unit, entity, patch, what });
}

/** An owner leaves, a tag is lost, or one is set. Tags of AWS's own cannot be changed. */
function retag(tags: Tags, dice: Dice): Tags {
  const own = Object.keys(tags).filter((key) => !key.startsWith('aws:'));
  const owner = own.find((key) => key.toLowerCase().endsWith('owner'));
  if (owner && dice.chance(0.4)) {
    const others = people.filter((name) => !tags[owner]?.startsWith(name));
    return { ...tags, [owner]: `${dice.pick(others)}@acme.example` };
  }
  if (own.length > 0 && dice.chance(0.3)) return withoutKeys(tags, [dice.pick(own)]);
  return { ...tags, ticket: `OPS-${dice.hex(8)}` };
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
