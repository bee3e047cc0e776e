/** What EC2's calls change: instances, disks, snapshots, security groups. */
import type { EffectRow } from './effect.ts';

const instances = ['request.instancesSet.items.instanceId', 'response.instancesSet.items.instanceId'];
const state = ['status', 'state', 'stop', 'transition', 'launch', 'publicip', 'publicdns', 'usage', 'networkinterface'];
const ec2Types = ['ec2', 'ebs', 'snapshot', 'security_group', 'ami', 'vpc', 'subnet', 'eip', 'nat_gateway'];
const volume = [
  'request.volumeId',
  'response.volumeId',
  'request.ModifyVolumeRequest.VolumeId',
  'response.ModifyVolumeResponse.volumeModification.volumeId',
];
const snapshot = [
  'response.snapshotId',
  'request.snapshotId',
  'response.snapshotSet.items.snapshotId',
  'response.CreateSnapshotsResponse.snapshotSet.item.snapshotId',
];
const group = [
  'request.groupId',
  'response.groupId',
  'request.ModifySecurityGroupRulesRequest.GroupId',
  'request.groupName',
];

export const ec2Effects: readonly EffectRow[] = [
  ['RunInstances', { types: ['ec2'], kind: 'create', ids: instances }],
  ['RunInstances', { types: ['ebs'], kind: 'create', ids: instances, byReference: true }],
  ['TerminateInstances', { types: ['ec2'], kind: 'delete', ids: instances }],
  ['TerminateInstances', { types: ['ec2'], kind: 'modify', ids: instances, fields: state }],
  ['TerminateInstances', { types: ['ebs'], kind: 'delete', ids: instances, byReference: true }],
  [
    'TerminateInstances',
    {
      types: ['ebs'],
      kind: 'modify',
      ids: instances,
      fields: ['attach', 'status', 'state', 'instance'],
      byReference: true,
    },
  ],
  ['StopInstances StartInstances', { types: ['ec2'], kind: 'modify', ids: instances, fields: state }],
  [
    'ModifyInstanceAttribute ModifyInstanceMetadataOptions MonitorInstances UnmonitorInstances',
    {
      types: ['ec2'],
      kind: 'modify',
      ids: [
        'request.instanceId',
        'request.instancesSet.items.instanceId',
        'request.ModifyInstanceMetadataOptionsRequest.InstanceId',
      ],
      fields: [
        'instancetype',
        'securitygroup',
        'groups',
        'imds',
        'metadataoptions',
        'monitoring',
        'ebsoptimized',
        'cpu',
        'sourcedest',
        'blockdevice',
        'networkinterface',
        'architecture',
        'hypervisor',
        'ena',
        'platform',
      ],
    },
  ],
  [
    'CreateTags',
    {
      types: ec2Types,
      kind: 'modify',
      ids: ['request.resourcesSet.items.resourceId'],
      fields: ['tags', 'name'],
    },
  ],
  [
    'DeleteTags',
    {
      types: ec2Types,
      kind: 'modify',
      ids: ['request.resourcesSet.items.resourceId'],
      fields: ['tags', 'name'],
    },
  ],
  ['CreateVolume', { types: ['ebs'], kind: 'create', ids: volume }],
  ['DeleteVolume', { types: ['ebs'], kind: 'delete', ids: volume }],
  [
    'AttachVolume DetachVolume',
    {
      types: ['ebs'],
      kind: 'modify',
      ids: volume,
      fields: ['attach', 'status', 'state', 'instance', 'device'],
    },
  ],
  [
    'AttachVolume DetachVolume',
    {
      types: ['ec2'],
      kind: 'modify',
      ids: ['request.instanceId'],
      fields: ['volume', 'blockdevice'],
    },
  ],
  [
    'ModifyVolume',
    {
      types: ['ebs'],
      kind: 'modify',
      ids: volume,
      fields: ['size', 'iops', 'throughput', 'volumetype', 'type'],
    },
  ],
  ['CreateSnapshot CreateSnapshots CopySnapshot', { types: ['snapshot'], kind: 'create', ids: snapshot }],
  ['DeleteSnapshot', { types: ['snapshot'], kind: 'delete', ids: snapshot }],
  [
    'ModifySnapshotAttribute',
    {
      types: ['snapshot'],
      kind: 'modify',
      ids: snapshot,
      fields: ['public', 'permission', 'share'],
    },
  ],
  [
    'ModifySnapshotTier RestoreSnapshotTier',
    {
      types: ['snapshot'],
      kind: 'modify',
      ids: [...snapshot, 'request.ModifySnapshotTierRequest.SnapshotId'],
      fields: ['tier', 'storage'],
    },
  ],
  ['CreateSecurityGroup', { types: ['security_group'], kind: 'create', ids: group }],
  ['DeleteSecurityGroup', { types: ['security_group'], kind: 'delete', ids: group }],
  [
    'AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress RevokeSecurityGroupEgress ModifySecurityGroupRules UpdateSecurityGroupRuleDescriptionsIngress UpdateSecurityGroupRuleDescriptionsEgress',
    { types: ['security_group'], kind: 'modify', ids: group, fields: ['rule', 'ingress', 'egress', 'permission'] },
  ],
];
