/** EC2's writes that tools which clean up make: volumes, snapshots, images, addresses, rules and groups. */
import type {
  AttachVolumeRequest,
  CreateSecurityGroupRequest,
  CreateSnapshotRequest,
  DeleteSnapshotRequest,
  DeleteVolumeRequest,
  DeregisterImageRequest,
  DetachVolumeRequest,
  IpPermission,
  ModifyInstanceAttributeRequest,
  ReleaseAddressRequest,
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupIngressRequest,
} from '@aws-sdk/client-ec2';
import type { Entity, Tags } from '../../world/entity.ts';
import type { ResourceType, Unit } from '../../world/estate.ts';
import type { AddressEntity } from '../../world/kinds/elastic-ip.ts';
import type { ImageEntity } from '../../world/kinds/image.ts';
import type { InstanceEntity } from '../../world/kinds/instance.ts';
import type { Rule, SecurityGroupEntity } from '../../world/kinds/security-group.ts';
import type { VolumeEntity } from '../../world/kinds/volume.ts';
import { create, modify, remove } from '../../world/mutate.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { unitsOf } from '../paging.ts';
import { needOne } from './unit-list.ts';

function need<E extends Entity>(call: Call<unknown>, type: ResourceType, id: string | undefined, code: string) {
  return needOne<E>(call, type, id ?? '', [code, `The ID '${id}' does not exist`]);
}

function volumeOf(call: Call<{ readonly VolumeId?: string | undefined }>): readonly [Unit, VolumeEntity] {
  return need<VolumeEntity>(call, 'ebs', call.input.VolumeId, 'InvalidVolume.NotFound');
}

function detachVolume(call: Call<DetachVolumeRequest>): object {
  const [unit, volume] = volumeOf(call);
  const held = volume.attachment;
  if (!held) throw new ApiError('IncorrectState', `Volume '${volume.id}' is in the 'available' state.`);
  call.steps.push(modify(call.world, { unit, entity: volume, patch: { attachment: undefined }, what: 'detach' }));
  withVolumes(call, held.instance, (volumes) => volumes.filter(({ id }) => id !== volume.id));
  return { VolumeId: volume.id, InstanceId: held.instance, Device: held.device, State: 'detaching' };
}

function attachVolume(call: Call<AttachVolumeRequest>): object {
  const [unit, volume] = volumeOf(call);
  const { InstanceId = '', Device = '' } = call.input;
  if (volume.attachment) throw new ApiError('VolumeInUse', `${volume.id} is already attached to an instance`);
  need(call, 'ec2', InstanceId, 'InvalidInstanceID.NotFound');
  const at = call.world.now();
  const attachment = { instance: InstanceId, device: Device, at, root: false };
  call.steps.push(modify(call.world, { unit, entity: volume, patch: { attachment }, what: 'attach' }));
  withVolumes(call, InstanceId, (volumes) => [...volumes, { id: volume.id, device: Device, attachedAt: at }]);
  return { VolumeId: volume.id, InstanceId, Device, State: 'attaching' };
}

/** The instance shows its volumes too. */
function withVolumes(
  call: Call<unknown>,
  instance: string,
  change: (volumes: InstanceEntity['volumes']) => InstanceEntity['volumes'],
): void {
  const [unit] = unitsOf(call, 'ec2');
  const entity = unit && (call.world.find(unit, instance) as InstanceEntity | undefined);
  if (!unit || !entity) return;
  const volumes = change(entity.volumes);
  const what = volumes.length < entity.volumes.length ? 'detach_volume' : 'attach_volume';
  const same = JSON.stringify(volumes) === JSON.stringify(entity.volumes);
  if (!same) call.steps.push({ ...modify(call.world, { unit, entity, patch: { volumes }, what }), follows: true });
}

/** Complete at once, where EC2 takes minutes. */
function createSnapshot(call: Call<CreateSnapshotRequest>): object {
  const [unit, volume] = volumeOf(call);
  const { TagSpecifications = [], Description: description = '' } = call.input;
  const list = TagSpecifications.flatMap(({ Tags: tags = [] }) => tags);
  const tags: Tags = Object.fromEntries(list.map(({ Key = '', Value = '' }) => [Key, Value]));
  const made = create(call.world, { type: 'snapshot', account: unit.account.id, region: unit.region });
  const patch = { tags, description, volumeId: volume.id, size: volume.size, encrypted: volume.encrypted, name: '' };
  const { after } = modify(call.world, { unit: made.unit, entity: made.after as Entity, patch, what: 'create' });
  call.steps.push({ ...made, after });
  const { id } = after as Entity;
  return { SnapshotId: id, VolumeId: volume.id, State: 'pending', VolumeSize: volume.size, Description: description };
}

function deleteVolume(call: Call<DeleteVolumeRequest>): object {
  const [unit, volume] = volumeOf(call);
  if (volume.attachment) throw new ApiError('VolumeInUse', `Volume ${volume.id} is currently attached`);
  call.steps.push(...remove(call.world, unit, volume));
  return {};
}

function deleteSnapshot(call: Call<DeleteSnapshotRequest>): object {
  const [unit, snapshot] = need(call, 'snapshot', call.input.SnapshotId, 'InvalidSnapshot.NotFound');
  const [images] = unitsOf(call, 'ami');
  for (const image of images ? call.world.entities(images) : []) {
    if ((image as ImageEntity).snapshot !== snapshot.id) continue;
    throw new ApiError('InvalidSnapshot.InUse', `The snapshot ${snapshot.id} is currently in use by ${image.id}`);
  }
  call.steps.push(...remove(call.world, unit, snapshot));
  return {};
}

function deregisterImage(call: Call<DeregisterImageRequest>): object {
  const [unit, image] = need(call, 'ami', call.input.ImageId, 'InvalidAMIID.NotFound');
  call.steps.push(...remove(call.world, unit, image));
  return { Return: true };
}

function releaseAddress(call: Call<ReleaseAddressRequest>): object {
  const [unit, address] = need<AddressEntity>(call, 'eip', call.input.AllocationId, 'InvalidAllocationID.NotFound');
  if (address.interface !== '') throw new ApiError('InvalidIPAddress.InUse', `Address ${address.address} is in use.`);
  call.steps.push(...remove(call.world, unit, address));
  return {};
}

function groupOf(call: Call<{ readonly GroupId?: string | undefined }>) {
  return need<SecurityGroupEntity>(call, 'security_group', call.input.GroupId, 'InvalidGroup.NotFound');
}

type RuleRequest = RevokeSecurityGroupIngressRequest;

function revokeIngress(call: Call<RuleRequest>): object {
  const [unit, group] = groupOf(call);
  const unwanted = (call.input.IpPermissions ?? []).flatMap(rulesOf);
  const missing = unwanted.find((rule) => !group.rules.some((held) => keyOf(held) === keyOf(rule)));
  if (missing || unwanted.length === 0) {
    throw new ApiError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
  }
  const rules = group.rules.filter((held) => !unwanted.some((rule) => keyOf(held) === keyOf(rule)));
  call.steps.push(modify(call.world, { unit, entity: group, patch: { rules }, what: 'revoke' }));
  return { Return: true };
}

function authorizeIngress(call: Call<RuleRequest>): object {
  const [unit, group] = groupOf(call);
  const wanted = (call.input.IpPermissions ?? []).flatMap(rulesOf);
  if (wanted.some((rule) => group.rules.some((held) => keyOf(held) === keyOf(rule)))) {
    throw new ApiError('InvalidPermission.Duplicate', 'the specified rule already exists');
  }
  call.steps.push(
    modify(call.world, { unit, entity: group, patch: { rules: [...group.rules, ...wanted] }, what: 'authorize' }),
  );
  return { Return: true };
}

function rulesOf({ IpProtocol, FromPort = -1, ToPort = -1, ...sources }: IpPermission): Rule[] {
  const base = { protocol: IpProtocol as Rule['protocol'], from: FromPort, to: ToPort };
  return [
    ...(sources.IpRanges ?? []).map(({ CidrIp = '' }) => ({ ...base, cidr: CidrIp })),
    ...(sources.Ipv6Ranges ?? []).map(({ CidrIpv6 = '' }) => ({ ...base, ipv6: CidrIpv6 })),
    ...(sources.UserIdGroupPairs ?? []).map(({ GroupId = '' }) => ({ ...base, group: GroupId })),
  ];
}

/** Descriptions do not tell rules apart. */
function keyOf({ protocol, from, to, cidr, ipv6, group }: Rule): string {
  return [protocol, from, to, cidr, ipv6, group].join(' ');
}

/** As EC2 makes it: it lets nothing in and everything out. */
function createSecurityGroup(call: Call<CreateSecurityGroupRequest>): object {
  const { GroupName = '', Description = '' } = call.input;
  const [unit] = unitsOf(call, 'security_group');
  if (!unit) throw new ApiError('InvalidVpcID.NotFound', `The vpc ID '${call.input.VpcId}' does not exist`);
  for (const { name } of call.world.entities(unit)) {
    if (name === GroupName) throw new ApiError('InvalidGroup.Duplicate', `The group '${GroupName}' already exists`);
  }
  const made = create(call.world, { type: 'security_group', account: unit.account.id, region: unit.region });
  const patch = { name: GroupName, description: Description, rules: [], tags: {} };
  const { after } = modify(call.world, { unit, entity: made.after as Entity, patch, what: 'create' });
  call.steps.push({ ...made, after });
  return { GroupId: (after as Entity).id };
}

/** Only the rule that lets all out is modelled. */
function revokeEgress(call: Call<RevokeSecurityGroupEgressRequest>): object {
  const [unit, group] = groupOf(call);
  if (group.egressClosed) throw new ApiError('InvalidPermission.NotFound', 'The specified rule does not exist.');
  call.steps.push(modify(call.world, { unit, entity: group, patch: { egressClosed: true }, what: 'revoke_egress' }));
  return { Return: true };
}

/** Only the security groups can be changed here. */
function modifyInstanceAttribute(call: Call<ModifyInstanceAttributeRequest>): object {
  const [unit, instance] = need<InstanceEntity>(call, 'ec2', call.input.InstanceId, 'InvalidInstanceID.NotFound');
  const groups = (call.input.Groups ?? []).map((id) => {
    const [, group] = need<SecurityGroupEntity>(call, 'security_group', id, 'InvalidGroup.NotFound');
    return { GroupId: group.id, GroupName: group.name };
  });
  if (groups.length === 0) throw new ApiError('InvalidParameterCombination', 'No attributes specified.');
  call.steps.push(modify(call.world, { unit, entity: instance, patch: { groups }, what: 'regroup' }));
  return {};
}

export const ec2Actions: Handlers = {
  DetachVolume: detachVolume,
  AttachVolume: attachVolume,
  CreateSnapshot: createSnapshot,
  DeleteVolume: deleteVolume,
  DeleteSnapshot: deleteSnapshot,
  DeregisterImage: deregisterImage,
  ReleaseAddress: releaseAddress,
  RevokeSecurityGroupIngress: revokeIngress,
  AuthorizeSecurityGroupIngress: authorizeIngress,
  CreateSecurityGroup: createSecurityGroup,
  RevokeSecurityGroupEgress: revokeEgress,
  ModifyInstanceAttribute: modifyInstanceAttribute,
};
