/** EC2: the describe calls of the modelled types, and the writes that change them. */
import type {
  DescribeInstancesRequest,
  DescribeInstancesResult,
  DescribeRegionsRequest,
  DescribeRegionsResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  DescribeSnapshotsRequest,
  DescribeSnapshotsResult,
  DescribeVolumesRequest,
  DescribeVolumesResult,
  Instance,
  SecurityGroup,
  Snapshot,
  Volume,
} from '@aws-sdk/client-ec2';
import type { Unit } from '../../world/estate.ts';
import { looseId } from '../../world/ids.ts';
import type { InstanceEntity } from '../../world/kinds/instance.ts';
import { vpcId } from '../../world/kinds/network.ts';
import type { SecurityGroupEntity } from '../../world/kinds/security-group.ts';
import type { SnapshotEntity } from '../../world/kinds/snapshot.ts';
import type { VolumeEntity } from '../../world/kinds/volume.ts';
import { mix } from '../../world/random.ts';
import type { Call, Handlers } from '../call.ts';
import type { FilterFields } from '../filters.ts';
import { unitsOf } from '../paging.ts';
import { ec2Actions } from './ec2-actions.ts';
import { listEc2, token } from './ec2-list.ts';
import { ec2Network } from './ec2-network.ts';
import { ec2Writes } from './ec2-writes.ts';

const instanceFields: FilterFields<InstanceEntity> = {
  'instance-id': (i) => [i.id],
  'instance-state-name': (i) => [i.state],
  'instance-type': (i) => [i.instanceType],
  'instance.group-id': (i) => i.groups.map((group) => group.GroupId),
};

function describeInstances(call: Call<DescribeInstancesRequest>): DescribeInstancesResult {
  const { InstanceIds: ids, Filters: filters } = call.input;
  const found = listEc2<InstanceEntity>(call, {
    type: 'ec2',
    ids,
    filters,
    fields: instanceFields,
    notFound: 'InvalidInstanceID.NotFound',
  });
  const { unit } = found;
  const reservations = new Map<string, Instance[]>();
  for (const entity of found.entities) {
    const id = reservationOf(unit as Unit, entity.slot);
    const instances = reservations.get(id) ?? [];
    instances.push(call.world.describe(unit as Unit, entity));
    reservations.set(id, instances);
  }
  const OwnerId = call.caller.account.id;
  return {
    Reservations: [...reservations].map(([ReservationId, Instances]) => ({
      ReservationId,
      OwnerId,
      Groups: [],
      Instances,
    })),
    ...token('next' in found ? found.next : undefined),
  };
}

/** Half of the instances were launched four at a time. A page counts instances, so it may cut a reservation in two. */
function reservationOf(unit: Unit, slot: number): string {
  const together = mix(unit.hash, slot >> 2) % 2 === 0;
  return looseId('r', unit.key, together ? slot >> 2 : `single-${slot}`);
}

const volumeFields: FilterFields<VolumeEntity> = {
  'volume-id': (v) => [v.id],
  status: (v) => [v.attachment ? 'in-use' : 'available'],
  encrypted: (v) => [String(v.encrypted)],
  'volume-type': (v) => [v.volumeType],
  'attachment.instance-id': (v) => (v.attachment ? [v.attachment.instance] : []),
};

function describeVolumes(call: Call<DescribeVolumesRequest>): DescribeVolumesResult {
  const { VolumeIds: ids, Filters: filters } = call.input;
  const found = listEc2<VolumeEntity>(call, {
    type: 'ebs',
    ids,
    filters,
    fields: volumeFields,
    notFound: 'InvalidVolume.NotFound',
  });
  const Volumes = found.entities.map((entity) => call.world.describe(found.unit as Unit, entity) as Volume);
  return { Volumes, ...token('next' in found ? found.next : undefined) };
}

const snapshotFields: FilterFields<SnapshotEntity> = {
  'snapshot-id': (s) => [s.id],
  'volume-id': (s) => [s.volumeId],
  status: () => ['completed'],
  encrypted: (s) => [String(s.encrypted)],
};

/** Snapshots of the account. Those of other owners, which AWS returns without OwnerIds, are not modelled. */
function describeSnapshots(call: Call<DescribeSnapshotsRequest>): DescribeSnapshotsResult {
  const { SnapshotIds: ids, Filters: filters, OwnerIds } = call.input;
  if (OwnerIds && !OwnerIds.some((owner) => owner === 'self' || owner === call.caller.account.id))
    return { Snapshots: [] };
  const found = listEc2<SnapshotEntity>(call, {
    type: 'snapshot',
    ids,
    filters,
    fields: snapshotFields,
    notFound: 'InvalidSnapshot.NotFound',
  });
  const Snapshots = found.entities.map((entity) => call.world.describe(found.unit as Unit, entity) as Snapshot);
  return { Snapshots, ...token('next' in found ? found.next : undefined) };
}

function describeSecurityGroups(call: Call<DescribeSecurityGroupsRequest>): DescribeSecurityGroupsResult {
  const { GroupIds: ids, Filters: filters } = call.input;
  const [unit] = unitsOf(call, 'security_group');
  const fields: FilterFields<SecurityGroupEntity> = {
    'group-id': (g) => [g.id],
    'group-name': (g) => [g.name],
    'vpc-id': () => (unit ? [vpcId(unit)] : []),
  };
  const found = listEc2<SecurityGroupEntity>(call, {
    type: 'security_group',
    ids,
    filters,
    fields,
    notFound: 'InvalidGroup.NotFound',
  });
  const SecurityGroups = found.entities.map(
    (entity) => call.world.describe(found.unit as Unit, entity) as SecurityGroup,
  );
  return { SecurityGroups, ...token('next' in found ? found.next : undefined) };
}

/** Regions that an account has to switch on first, and that no account of the estate did. */
export const switchedOff = ['af-south-1', 'ap-east-1', 'me-south-1'];

function describeRegions(call: Call<DescribeRegionsRequest>): DescribeRegionsResult {
  const { AllRegions, RegionNames } = call.input;
  const known = [...new Set([...call.world.options.regions, ...switchedOff])];
  const regions = known.map((RegionName) => {
    const on = call.world.options.regions.includes(RegionName);
    const OptInStatus = on && call.regionEnabled(RegionName) ? 'opt-in-not-required' : 'not-opted-in';
    return { RegionName, Endpoint: `ec2.${RegionName}.amazonaws.com`, OptInStatus };
  });
  const asked =
    RegionNames && RegionNames.length > 0 ? regions.filter((r) => RegionNames.includes(r.RegionName)) : regions;
  return { Regions: AllRegions ? asked : asked.filter((r) => r.OptInStatus !== 'not-opted-in') };
}

export const ec2: Handlers = {
  DescribeInstances: describeInstances,
  DescribeVolumes: describeVolumes,
  DescribeSnapshots: describeSnapshots,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeRegions: describeRegions,
  ...ec2Network,
  ...ec2Writes,
  ...ec2Actions,
};
