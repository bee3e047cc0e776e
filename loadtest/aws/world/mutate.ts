/** Changes to the estate, by name. Each says exactly which resources a scan will now find different. */
import type { Entity, Tags } from './entity.ts';
import type { ResourceType, Unit } from './estate.ts';
import { kinds } from './kinds/index.ts';
import type { InstanceEntity } from './kinds/instance.ts';
import { locate, type Place } from './locate.ts';
import { Dice, mix } from './random.ts';
import type { EstateState } from './state.ts';

/**
 * `do` is one of the words here or a change of the type's own: ec2 stop, start, resize; ebs grow; security_group open_ssh,
 * close_ssh; rds resize, publish, hide, stop; s3 publish, hide, version; lambda deploy, enlarge, leak; iam_role
 * lengthen, describe; dynamodb rebill, protect, recover. `restore` undoes a deletion, `recreate` makes the same name anew.
 */
export type Mutation =
  | { readonly do: 'tag'; readonly arn: string; readonly tags: Tags }
  | { readonly do: 'untag'; readonly arn: string; readonly keys: readonly string[] }
  | { readonly do: 'create'; readonly type: ResourceType; readonly account: string; readonly region: string }
  | { readonly do: Exclude<string, 'tag' | 'untag' | 'create'>; readonly arn: string };

export interface Changed {
  readonly change: 'appeared' | 'modified' | 'disappeared' | 'reappeared';
  readonly what: string;
  readonly arn: string;
  readonly type: ResourceType;
  readonly account: string;
  readonly region: string;
}

/** Makes a change and tells what it came to. Throws when AWS would refuse it or when it would change nothing. */
export function mutate(world: EstateState, mutation: Mutation): Changed[] {
  if (mutation.do === 'create') return [create(world, mutation as Extract<Mutation, { do: 'create' }>)];
  const { arn } = mutation as { readonly arn: string };
  const place = locate(world, arn);
  if (!place) throw new RangeError(`nothing in the estate has the ARN ${arn}`);
  if (mutation.do === 'restore' || mutation.do === 'recreate') return [bringBack(world, place, mutation.do)];
  const entity = world.at(place.unit, place.slot);
  if (!entity) throw new RangeError(`${arn} is gone`);
  if (mutation.do === 'delete') return remove(world, place.unit, entity);
  const patch = patchFor(world, place.unit, entity, mutation);
  if (!patch) throw new RangeError(`${arn} cannot ${mutation.do} now`);
  return [modify(world, { unit: place.unit, entity, patch, what: mutation.do })];
}

export interface Modification {
  readonly unit: Unit;
  readonly entity: Entity;
  readonly patch: object;
  readonly what: string;
}

/** Lays a patch over a resource's state. Throws when that leaves it as it was. */
export function modify(world: EstateState, { unit, entity, patch, what }: Modification): Changed {
  if (JSON.stringify({ ...entity, ...patch }) === JSON.stringify(entity))
    throw new RangeError(`${what} changes nothing`);
  world.overrides.patch(unit, entity.slot, patch);
  return changed(unit, entity, 'modified', what);
}

/** Makes a resource that was not there. Its state is what the generator gives the next slot, as of now. */
export function create(
  world: EstateState,
  at: { readonly type: ResourceType; readonly account: string; readonly region: string },
): Changed {
  const unit = world.unit(at.account, at.region, at.type);
  if (!unit) throw new RangeError(`the estate has no unit ${at.account}/${at.region}/${at.type}`);
  const slot = world.overrides.append(unit);
  world.overrides.renew(unit, slot, freshState(world, unit));
  return changed(unit, world.at(unit, slot) as Entity, 'appeared', 'create');
}

/** Deletes a resource and what goes with it: an instance's root volume; its data volumes are left behind, unattached. */
export function remove(world: EstateState, unit: Unit, entity: Entity): Changed[] {
  const keeps = entity.awsOwned ? 'AWS owns it' : kinds[unit.type].keeps?.(entity);
  if (keeps) throw new RangeError(`${entity.id} cannot be deleted: ${keeps}`);
  world.overrides.remove(unit, entity.slot);
  const changes = [changed(unit, entity, 'disappeared', 'delete')];
  return unit.type === 'ec2' ? [...changes, ...releaseVolumes(world, unit, entity as InstanceEntity)] : changes;
}

function releaseVolumes(world: EstateState, unit: Unit, { volumes }: InstanceEntity): Changed[] {
  const disks = world.sibling(unit, 'ebs');
  return volumes.flatMap(({ id, device }) => {
    const disk = world.find(disks, id);
    if (!disk) return [];
    if (device !== '/dev/xvda')
      return [modify(world, { unit: disks, entity: disk, patch: { attachment: undefined }, what: 'detach' })];
    world.overrides.remove(disks, disk.slot);
    return [changed(disks, disk, 'disappeared', 'delete')];
  });
}

function bringBack(world: EstateState, { unit, slot, id }: Place, what: 'restore' | 'recreate'): Changed {
  if (world.at(unit, slot)) throw new RangeError(`${id} is there`);
  if (what === 'recreate') world.overrides.renew(unit, slot, freshState(world, unit));
  else world.overrides.patch(unit, slot, {});
  return changed(unit, world.at(unit, slot) as Entity, 'reappeared', what);
}

function freshState(world: EstateState, unit: Unit): object {
  return { createdAt: world.now(), ...kinds[unit.type].fresh?.(world.now()) };
}

function patchFor(world: EstateState, unit: Unit, entity: Entity, mutation: Mutation): object | undefined {
  if ('tags' in mutation) return { tags: { ...entity.tags, ...mutation.tags } };
  if ('keys' in mutation) return { tags: withoutKeys(entity.tags, mutation.keys) };
  const mutations = kinds[unit.type].mutations;
  const change = Object.hasOwn(mutations, mutation.do) ? mutations[mutation.do] : undefined;
  if (!change) throw new RangeError(`${unit.type} knows no change "${mutation.do}"`);
  return change(entity, { now: world.now(), dice: new Dice(mix(unit.hash, entity.slot ^ world.now())) });
}

export function withoutKeys(tags: Tags, keys: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));
}

function changed(unit: Unit, entity: Entity, change: Changed['change'], what: string): Changed {
  const arn = kinds[unit.type].arn(unit, entity);
  return { change, what, arn, type: unit.type, account: unit.account.id, region: unit.region };
}
