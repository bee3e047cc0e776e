import type { Instance } from '@aws-sdk/client-ec2';
import { common, day, entityOf, named } from '../common.ts';
import type { Entity, Kind, View } from '../entity.ts';
import type { Unit } from '../estate.ts';
import { longId, looseId } from '../ids.ts';
import type { Dice } from '../random.ts';
import { tagList } from '../tags.ts';
import { ec2TagCalls, items, type LoggedCall, tagSpecification, together } from '../trail/step.ts';
import { volumesOf } from './attachment.ts';
import { groupOfInstance } from './auto-scaling-group.ts';
import { subnetId, vpcId, zoneName } from './network.ts';
import { roleRef } from './role.ts';
import { groupRef, letsSshIn, type SecurityGroupEntity } from './security-group.ts';

export interface InstanceEntity extends Entity {
  readonly state: 'running' | 'stopped';
  /** 0 while it runs. */
  readonly stoppedAt: number;
  readonly launchedAt: number;
  readonly instanceType: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly imageId: string;
  readonly zone: number;
  readonly address: string;
  /** "" for an instance without one. It is lost when the instance stops. */
  readonly publicAddress: string;
  readonly groups: readonly { readonly GroupId: string; readonly GroupName: string }[];
  /** Name of the role in its instance profile, "" for none. */
  readonly role: string;
  readonly volumes: readonly { readonly id: string; readonly device: string; readonly attachedAt: number }[];
  readonly imdsv2: boolean;
}

const x86 = ['t3.micro', 't3.medium', 'm5.large', 'm5.2xlarge', 'c6i.xlarge', 'r6i.large'] as const;
const arm = ['t4g.small', 'm7g.large', 'm7g.xlarge', 'c7g.2xlarge', 'r7g.xlarge'] as const;
const stoppedShare = 0.08;
/** Auto Scaling puts it on what it starts. */
const groupTag = 'aws:autoscaling:groupName';

export const instance: Kind<InstanceEntity> = {
  type: 'ec2',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const { dice } = made;
    const id = longId('i', unit, slot);
    const name = `${made.environment}-${made.service}-${slot.toString(36)}`;
    const graviton = dice.chance(0.35);
    const stoppedAt = dice.chance(stoppedShare) ? stopTime(view, made.createdAt, dice) : 0;
    const group = groupOfInstance(view, unit, slot);
    const tags = group === undefined ? made.tags : { ...made.tags, [groupTag]: group };
    return {
      ...entityOf({ ...made, tags: named(tags, name) }, id, name),
      state: stoppedAt > 0 ? 'stopped' : 'running',
      stoppedAt,
      launchedAt: made.createdAt,
      instanceType: dice.pick(graviton ? arm : x86),
      architecture: graviton ? 'arm64' : 'x86_64',
      imageId: imageOf(view, unit, dice.below(12)),
      zone: dice.below(3),
      address: `10.${(slot >> 16) & 255}.${(slot >> 8) & 255}.${slot & 255}`,
      publicAddress: dice.chance(0.2) ? `203.0.${113 + dice.below(100)}.${dice.below(256)}` : '',
      groups: pickGroups(view, unit, dice),
      role: dice.chance(0.7) ? roleRef(view, unit, 'ec2.amazonaws.com', dice) : '',
      volumes: attachments(view, unit, slot, made.createdAt),
      imdsv2: dice.chance(0.75),
    };
  },
  arn: (unit, entity) => `arn:aws:ec2:${unit.region}:${unit.account.id}:instance/${entity.id}`,
  api: (_view, unit, entity) => describe(unit, entity),
  problems(view, unit, entity) {
    const long = entity.state === 'stopped' && view.now() - entity.stoppedAt > 7 * day;
    const open = entity.environment === 'prod' && entity.groups.some(({ GroupId }) => isOpen(view, unit, GroupId));
    return [...(long ? ['stopped_instance' as const] : []), ...(open ? ['ssh_open_to_world' as const] : [])];
  },
  trail: {
    source: 'ec2.amazonaws.com',
    type: 'AWS::EC2::Instance',
    calls: {
      create: together(runInstances),
      delete: together((all) => switched('TerminateInstances', all, { code: 32, name: 'shutting-down' })),
      stop: together((all) => switched('StopInstances', all, { code: 64, name: 'stopping' }, { force: false })),
      start: together((all) => switched('StartInstances', all, { code: 0, name: 'pending' })),
      resize: together(([first]) => ({
        name: 'ModifyInstanceAttribute',
        request: { instanceId: first?.id, instanceType: { value: first?.instanceType } },
        response: { _return: true },
      })),
      ...ec2TagCalls(),
    },
  },
  mutations: {
    stop: (entity, { now }) => (entity.state === 'running' ? { state: 'stopped', stoppedAt: now } : undefined),
    start: (entity, { now }) =>
      entity.state === 'stopped' ? { state: 'running', stoppedAt: 0, launchedAt: now } : undefined,
    resize: (entity, { dice }) => {
      const sizes = entity.architecture === 'arm64' ? arm : x86;
      return { instanceType: dice.pick(sizes.filter((size) => size !== entity.instanceType)) };
    },
  },
  fresh: (now) => ({ state: 'running', stoppedAt: 0, launchedAt: now }),
  keeps: ({ tags }) => (tags[groupTag] ? 'its Auto Scaling group would start another' : undefined),
};

/** A third are started from the account's own images, where it has some. */
function imageOf(view: View, unit: Unit, choice: number): string {
  const images = view.sibling(unit, 'ami');
  return images.count > 0 && choice < 4
    ? longId('ami', images, (choice * 7) % images.count)
    : looseId('ami', unit.region, choice);
}

/** Between its launch and the world's start. */
function stopTime(view: View, createdAt: number, dice: Dice): number {
  const since = Math.min(view.startTime - createdAt, 60 * day);
  return Math.floor((view.startTime - dice.next() * since) / 1000) * 1000;
}

function pickGroups(view: View, unit: Unit, dice: Dice): InstanceEntity['groups'] {
  const { count } = view.sibling(unit, 'security_group');
  const slots = new Set(Array.from({ length: 1 + dice.below(3) }, () => (count > 1 ? 1 + dice.below(count - 1) : 0)));
  return [...slots].map((slot) => groupRef(view, unit, slot));
}

function attachments(view: View, unit: Unit, slot: number, attachedAt: number): InstanceEntity['volumes'] {
  if (slot >= unit.count) return [];
  const volumes = view.sibling(unit, 'ebs');
  const slots = volumesOf(slot, unit.count, volumes.count);
  return slots.map((s) => ({
    id: longId('vol', volumes, s),
    device: s === slot ? '/dev/xvda' : '/dev/sdf',
    attachedAt,
  }));
}

function isOpen(view: View, unit: Unit, group: string): boolean {
  const found = view.find(view.sibling(unit, 'security_group'), group) as SecurityGroupEntity | undefined;
  return found?.rules.some(letsSshIn) ?? false;
}

/** What all instances of the estate have in common. */
const alike = {
  AmiLaunchIndex: 0,
  BootMode: 'uefi-preferred',
  CapacityReservationSpecification: { CapacityReservationPreference: 'open' },
  ClientToken: '',
  EbsOptimized: true,
  EnaSupport: true,
  EnclaveOptions: { Enabled: false },
  HibernationOptions: { Configured: false },
  Hypervisor: 'xen',
  KeyName: 'ops',
  Monitoring: { State: 'disabled' },
  NetworkInterfaces: [],
  PlatformDetails: 'Linux/UNIX',
  ProductCodes: [],
  RootDeviceName: '/dev/xvda',
  RootDeviceType: 'ebs',
  SourceDestCheck: true,
  VirtualizationType: 'hvm',
} satisfies Instance;

function describe(unit: Unit, entity: InstanceEntity): Instance {
  return {
    ...alike,
    ...stateOf(entity),
    ...networkOf(unit, entity),
    Architecture: entity.architecture,
    BlockDeviceMappings: entity.volumes.map(blockDevice),
    ...(entity.role === '' ? {} : { IamInstanceProfile: profile(unit, entity.role) }),
    Tags: tagList(entity.tags),
    CpuOptions: { CoreCount: 1, ThreadsPerCore: entity.architecture === 'arm64' ? 1 : 2 },
    MetadataOptions: {
      State: 'applied',
      HttpTokens: entity.imdsv2 ? 'required' : 'optional',
      HttpPutResponseHopLimit: 2,
      HttpEndpoint: 'enabled',
    },
    InstanceId: entity.id,
    ImageId: entity.imageId,
    InstanceType: entity.instanceType as NonNullable<Instance['InstanceType']>,
    LaunchTime: new Date(entity.launchedAt),
    Placement: { AvailabilityZone: zoneName(unit, entity.zone), GroupName: '', Tenancy: 'default' },
  };
}

function stateOf(entity: InstanceEntity): Instance {
  if (entity.state === 'running') return { State: { Code: 16, Name: 'running' }, StateTransitionReason: '' };
  return {
    State: { Code: 80, Name: 'stopped' },
    StateReason: userInitiated,
    StateTransitionReason: `User initiated (${awsDate(entity.stoppedAt)})`,
  };
}

function networkOf(unit: Unit, entity: InstanceEntity): Instance {
  const open = entity.state === 'running' && entity.publicAddress !== '';
  const dashed = (address: string) => address.replaceAll('.', '-');
  return {
    SecurityGroups: entity.groups.map((group) => ({ ...group })),
    SubnetId: subnetId(unit, entity.zone),
    VpcId: vpcId(unit),
    PrivateIpAddress: entity.address,
    PrivateDnsName: `ip-${dashed(entity.address)}.${unit.region}.compute.internal`,
    PublicDnsName: open ? `ec2-${dashed(entity.publicAddress)}.compute.amazonaws.com` : '',
    ...(open ? { PublicIpAddress: entity.publicAddress } : {}),
  };
}

function blockDevice({ id, device, attachedAt }: InstanceEntity['volumes'][number]) {
  const DeleteOnTermination = device === '/dev/xvda';
  const Ebs = { AttachTime: new Date(attachedAt), DeleteOnTermination, Status: 'attached' as const, VolumeId: id };
  return { DeviceName: device, Ebs };
}

const userInitiated = {
  Code: 'Client.UserInitiatedShutdown',
  Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
};

function profile(unit: Unit, role: string) {
  return {
    Arn: `arn:aws:iam::${unit.account.id}:instance-profile/${role}`,
    Id: `AIPA${looseId('', unit.account.id, role).slice(2).toUpperCase()}`,
  };
}

/** `2026-01-31 12:00:00 GMT`, as EC2 writes it into the reason. */
function awsDate(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} GMT`;
}

/** One call for all that are launched together. */
function runInstances(all: readonly InstanceEntity[]): LoggedCall {
  const [first] = all as readonly [InstanceEntity];
  return {
    name: 'RunInstances',
    request: {
      instancesSet: items([{ imageId: first.imageId, minCount: all.length, maxCount: all.length, keyName: 'ops' }]),
      instanceType: first.instanceType,
      groupSet: items(first.groups.map(({ GroupId }) => ({ groupId: GroupId }))),
      blockDeviceMapping: {},
      monitoring: { enabled: false },
      disableApiTermination: false,
      disableApiStop: false,
      ...tagSpecification('instance', first.tags),
    },
    response: {
      reservationId: looseId('r', first.id),
      groupSet: {},
      instancesSet: items(
        all.map(({ id, imageId, instanceType, launchedAt, address }) => ({
          instanceId: id,
          imageId,
          instanceState: { code: 0, name: 'pending' },
          privateDnsName: `ip-${address.replaceAll('.', '-')}.ec2.internal`,
          amiLaunchIndex: 0,
          instanceType,
          launchTime: launchedAt,
          privateIpAddress: address,
        })),
      ),
    },
  };
}

function switched(name: string, all: readonly InstanceEntity[], currentState: object, more: object = {}): LoggedCall {
  const previousState = name === 'StartInstances' ? { code: 80, name: 'stopped' } : { code: 16, name: 'running' };
  return {
    name,
    request: { instancesSet: items(all.map(({ id }) => ({ instanceId: id }))), ...more },
    response: { instancesSet: items(all.map(({ id }) => ({ instanceId: id, currentState, previousState }))) },
  };
}
