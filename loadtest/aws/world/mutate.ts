/** Changes to the estate, by name. Each says exactly which resources a scan will now find different. */
import type { Entity, Tags } from './entity.ts';
import type { ResourceType, Unit } from './estate.ts';
import { kinds } from './kinds/index.ts';
import type { InstanceEntity } from './kinds/instance.ts';
import { locate, type Place } from './locate.ts';
import { Dice, mix } from './random.ts';
import type { EstateState } from './state.ts';
import type { Archetype } from './trail/actor.ts';
import type { Step } from './trail/step.ts';

/** Who does it, where that matters: otherwise someone of the account's cast. */
interface Made {
  readonly by?: Archetype;
}
/**
 * `do` is one of the words here or a change of the type's own, such as ec2 stop, start, resize; security_group open_ssh,
 * close_ssh; s3 publish, hide (each type's file has them under `mutations`). `restore` undoes a deletion, `recreate` makes
 * the same name anew. `tag`, `untag` and `delete` take several `arns` of one account, region and type; `create` a `count`.
 */
export type Mutation = Made &
  (
    | ({ readonly do: 'tag'; readonly tags: Tags } & Target)
    | ({ readonly do: 'untag'; readonly keys: readonly string[] } & Target)
    | {
        readonly do: 'create';
        readonly type: ResourceType;
        readonly account: string;
        readonly region: string;
        readonly count?: number;
      }
    | ({ readonly do: Exclude<string, 'tag' | 'untag' | 'create'> } & Target)
  );
type Target = { readonly arn: string } | { readonly arns: readonly string[] };

/** Makes a change and tells what it came to. Throws when AWS would refuse it or when it would change nothing. */
export function mutate(world: EstateState, mutation: Mutation): Step[] {
  if (mutation.do === 'create') {
    const { count = 1, ...at } = mutation as Extract<Mutation, { do: 'create' }>;
    return Array.from({ length: count }, () => create(world, at));
  }
  const target = mutation as Target;
  const places = ('arns' in target ? target.arns : [target.arn]).map((arn) => placeOf(world, arn));
  const units = new Set(places.map(({ unit }) => unit.key));
  if (units.size > 1) throw new RangeError('one call changes resources of one account, region and type');
  return places.flatMap((place) => mutateOne(world, place, mutation));
}

function placeOf(world: EstateState, arn: string): Place {
  const place = locate(world, arn);
  if (!place) throw new RangeError(`nothing in the estate has the ARN ${arn}`);
  return place;
}

function mutateOne(world: EstateState, place: Place, mutation: Mutation): Step[] {
  if (mutation.do === 'restore' || mutation.do === 'recreate') return [bringBack(world, place, mutation.do)];
  const entity = world.at(place.unit, place.slot);
  if (!entity) throw new RangeError(`${place.id} is gone`);
  if (mutation.do === 'delete') return remove(world, place.unit, entity);
  const patch = patchFor(world, place.unit, entity, mutation);
  if (!patch) throw new RangeError(`${place.id} cannot ${mutation.do} now`);
  return [modify(world, { unit: place.unit, entity, patch, what: mutation.do, ...tagsOf(mutation) })];
}

function tagsOf(mutation: Mutation): Pick<Step, 'set' | 'unset'> {
  if ('tags' in mutation) return { set: mutation.tags };
  return 'keys' in mutation ? { unset: mutation.keys } : {};
}

export interface Modification {
  readonly unit: Unit;
  readonly entity: Entity;
  readonly patch: object;
  readonly what: string;
  readonly set?: Tags;
  readonly unset?: readonly string[];
}

/** Lays a patch over a resource's state. Throws when that leaves it as it was. */
export function modify(world: EstateState, { unit, entity, patch, what, ...tags }: Modification): Step {
  if (JSON.stringify({ ...entity, ...patch }) === JSON.stringify(entity))
    throw new RangeError(`${what} changes nothing`);
  world.overrides.patch(unit, entity.slot, patch);
  return { ...stepOf(unit, 'modified', what, { before: entity, after: { ...entity, ...patch } }), ...tags };
}

/** Makes a resource that was not there. Its state is what the generator gives the next slot, as of now. */
export function create(
  world: EstateState,
  at: { readonly type: ResourceType; readonly account: string; readonly region: string },
  when = world.now(),
): Step {
  const unit = world.unit(at.account, at.region, at.type);
  if (!unit) throw new RangeError(`the estate has no unit ${at.account}/${at.region}/${at.type}`);
  const slot = world.overrides.append(unit);
  world.overrides.renew(unit, slot, freshState(unit, when));
  return stepOf(unit, 'appeared', 'create', { after: world.at(unit, slot) as Entity });
}

/** Deletes a resource and what goes with it: an instance's root volume; its data volumes are left behind, unattached. */
export function remove(world: EstateState, unit: Unit, entity: Entity): Step[] {
  const keeps = entity.awsOwned ? 'AWS owns it' : kinds[unit.type].keeps?.(entity);
  if (keeps) throw new RangeError(`${entity.id} cannot be deleted: ${keeps}`);
  world.overrides.remove(unit, entity.slot);
  const steps = [stepOf(unit, 'disappeared', 'delete', { before: entity })];
  return unit.type === 'ec2' ? [...steps, ...releaseVolumes(world, unit, entity as InstanceEntity)] : steps;
}

function releaseVolumes(world: EstateState, unit: Unit, { volumes }: InstanceEntity): Step[] {
  const disks = world.sibling(unit, 'ebs');
  return volumes.flatMap(({ id, device }) => {
    const disk = world.find(disks, id);
    if (!disk) return [];
    if (device !== '/dev/xvda') {
      const patch = { attachment: undefined };
      return [{ ...modify(world, { unit: disks, entity: disk, patch, what: 'detach' }), follows: true }];
    }
    world.overrides.remove(disks, disk.slot);
    return [{ ...stepOf(disks, 'disappeared', 'delete', { before: disk }), follows: true }];
  });
}

function bringBack(world: EstateState, { unit, slot, id }: Place, what: 'restore' | 'recreate'): Step {
  if (world.at(unit, slot)) throw new RangeError(`${id} is there`);
  if (what === 'recreate') world.overrides.renew(unit, slot, freshState(unit, world.now()));
  else world.overrides.patch(unit, slot, {});
  return stepOf(unit, 'reappeared', what, { after: world.at(unit, slot) as Entity });
}

function freshState(unit: Unit, when: number): object {
  return { createdAt: when, ...kinds[unit.type].fresh?.(when) };
}

function patchFor(world: EstateState, unit: Unit, entity: Entity, mutation: Mutation): object | undefined {
  if ('tags' in mutation) return { tags: { ...entity.tags, ...mutation.tags } };
  if ('keys' in mutation) return { tags: withoutKeys(entity.tags, mutation.keys) };
  const { mutations } = kinds[unit.type];
  const change = Object.hasOwn(mutations, mutation.do) ? mutations[mutation.do] : undefined;
  if (!change) throw new RangeError(`${unit.type} knows no change "${mutation.do}"`);
  return change(entity, { now: world.now(), dice: new Dice(mix(unit.hash, entity.slot ^ world.now())) });
}

export function withoutKeys(tags: Tags, keys: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));
}

/** What happened to a resource, from its state before and after. */
function stepOf(
  unit: Unit,
  change: Step['change'],
  what: string,
  { before, after }: { readonly before?: Entity; readonly after?: Entity },
): Step {
  const arn = kinds[unit.type].arn(unit, (after ?? before) as Entity);
  return { unit, change, what, arn, before, after };
}
