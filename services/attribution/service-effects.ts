/** What the calls of the other services change. */
import type { EffectRow } from './effect.ts';

const database = ['request.dBInstanceIdentifier', 'response.dBInstanceIdentifier', 'request.dbInstanceIdentifier'];
const bucket = ['request.bucketName'];
const fn = ['request.functionName', 'response.functionName', 'response.functionArn'];
const role = ['request.roleName', 'response.role.arn', 'response.role.roleName'];
const dynamo = ['request.tableName', 'response.tableDescription.tableName', 'response.tableDescription.tableArn'];

export const serviceEffects: readonly EffectRow[] = [
  [
    'CreateDBInstance RestoreDBInstanceFromDBSnapshot RestoreDBInstanceToPointInTime CreateDBInstanceReadReplica',
    {
      types: ['rds'],
      kind: 'create',
      ids: database,
    },
  ],
  ['DeleteDBInstance', { types: ['rds'], kind: 'delete', ids: database }],
  [
    'StopDBInstance StartDBInstance',
    {
      types: ['rds'],
      kind: 'modify',
      ids: database,
      fields: ['status', 'state'],
    },
  ],
  ['ModifyDBInstance', { types: ['rds'], kind: 'modify', ids: database }],
  ['PromoteReadReplica', { types: ['rds'], kind: 'modify', ids: database, fields: ['replica', 'status'] }],
  [
    'AddTagsToResource RemoveTagsFromResource',
    {
      types: ['rds', 'aurora', 'elasticache'],
      kind: 'modify',
      ids: ['request.resourceName'],
      fields: ['tags', 'name'],
    },
  ],
  ['CreateBucket', { types: ['s3'], kind: 'create', ids: bucket }],
  ['DeleteBucket', { types: ['s3'], kind: 'delete', ids: bucket }],
  [
    'PutBucketPolicy DeleteBucketPolicy',
    {
      types: ['s3'],
      kind: 'modify',
      ids: bucket,
      fields: ['policy', 'public'],
    },
  ],
  ['PutBucketAcl', { types: ['s3'], kind: 'modify', ids: bucket, fields: ['acl', 'grant', 'public'] }],
  [
    'PutBucketPublicAccessBlock DeleteBucketPublicAccessBlock PutPublicAccessBlock DeletePublicAccessBlock',
    {
      types: ['s3'],
      kind: 'modify',
      ids: bucket,
      fields: ['public', 'block'],
    },
  ],
  ['PutBucketVersioning', { types: ['s3'], kind: 'modify', ids: bucket, fields: ['version', 'mfadelete'] }],
  [
    'PutBucketEncryption DeleteBucketEncryption',
    {
      types: ['s3'],
      kind: 'modify',
      ids: bucket,
      fields: ['encrypt', 'kms'],
    },
  ],
  [
    'PutBucketTagging DeleteBucketTagging',
    {
      types: ['s3'],
      kind: 'modify',
      ids: bucket,
      fields: ['tags', 'name'],
    },
  ],
  [
    'PutBucketLogging PutBucketLifecycle PutBucketLifecycleConfiguration DeleteBucketLifecycle PutBucketReplication PutBucketWebsite DeleteBucketWebsite PutBucketCors PutBucketOwnershipControls',
    {
      types: ['s3'],
      kind: 'modify',
      ids: bucket,
      fields: ['logging', 'lifecycle', 'replication', 'website', 'cors', 'ownership'],
    },
  ],
  ['CreateFunction', { types: ['lambda'], kind: 'create', ids: fn }],
  ['DeleteFunction', { types: ['lambda'], kind: 'delete', ids: fn }],
  [
    'UpdateFunctionCode',
    {
      types: ['lambda'],
      kind: 'modify',
      ids: fn,
      fields: ['code', 'sha', 'modified', 'revision', 'architecture', 'package', 'image', 'status', 'state'],
    },
  ],
  [
    'UpdateFunctionConfiguration',
    {
      types: ['lambda'],
      kind: 'modify',
      ids: fn,
      fields: [
        'memory',
        'timeout',
        'env',
        'variable',
        'runtime',
        'handler',
        'role',
        'layer',
        'vpc',
        'subnet',
        'securitygroup',
        'description',
        'tracing',
        'modified',
        'revision',
        'kms',
        'ephemeral',
        'deadletter',
        'status',
        'state',
        'secret',
      ],
    },
  ],
  [
    'PutFunctionConcurrency DeleteFunctionConcurrency',
    {
      types: ['lambda'],
      kind: 'modify',
      ids: fn,
      fields: ['concurrency'],
    },
  ],
  [
    'AddPermission RemovePermission',
    {
      types: ['lambda'],
      kind: 'modify',
      ids: fn,
      fields: ['policy', 'public', 'permission'],
    },
  ],
  [
    'TagResource UntagResource',
    {
      types: ['lambda', 'dynamodb', 'ecs', 'eks', 'kms', 'ecr', 'elasticache'],
      kind: 'modify',
      ids: ['request.resource', 'request.resourceArn', 'request.resourceARN', 'request.keyId', 'request.arn'],
      fields: ['tags', 'name'],
    },
  ],
  ['CreateRole CreateServiceLinkedRole', { types: ['iam_role'], kind: 'create', ids: role }],
  ['DeleteRole DeleteServiceLinkedRole', { types: ['iam_role'], kind: 'delete', ids: role }],
  ['UpdateAssumeRolePolicy', { types: ['iam_role'], kind: 'modify', ids: role, fields: ['trust', 'assume'] }],
  [
    'AttachRolePolicy DetachRolePolicy',
    {
      types: ['iam_role'],
      kind: 'modify',
      ids: role,
      fields: ['attached', 'managed'],
    },
  ],
  [
    'PutRolePolicy DeleteRolePolicy',
    {
      types: ['iam_role'],
      kind: 'modify',
      ids: role,
      fields: ['inline', 'policylist', 'rolepolicy'],
    },
  ],
  [
    'PutRolePermissionsBoundary DeleteRolePermissionsBoundary',
    {
      types: ['iam_role'],
      kind: 'modify',
      ids: role,
      fields: ['boundary'],
    },
  ],
  [
    'UpdateRole UpdateRoleDescription',
    {
      types: ['iam_role'],
      kind: 'modify',
      ids: role,
      fields: ['description', 'session', 'duration'],
    },
  ],
  ['TagRole UntagRole', { types: ['iam_role'], kind: 'modify', ids: role, fields: ['tags', 'name'] }],
  [
    'AddRoleToInstanceProfile RemoveRoleFromInstanceProfile',
    {
      types: ['iam_role'],
      kind: 'modify',
      ids: role,
      fields: ['profile', 'refs'],
    },
  ],
  ['CreateTable RestoreTableFromBackup', { types: ['dynamodb'], kind: 'create', ids: dynamo }],
  ['DeleteTable', { types: ['dynamodb'], kind: 'delete', ids: dynamo }],
  [
    'UpdateTable',
    {
      types: ['dynamodb'],
      kind: 'modify',
      ids: dynamo,
      fields: [
        'billing',
        'capacity',
        'throughput',
        'protection',
        'index',
        'stream',
        'class',
        'sse',
        'encrypt',
        'kms',
        'status',
        'replica',
        'warm',
      ],
    },
  ],
  [
    'UpdateContinuousBackups',
    {
      types: ['dynamodb'],
      kind: 'modify',
      ids: dynamo,
      fields: ['recover', 'backup', 'pitr', 'pointintime'],
    },
  ],
  ['UpdateTimeToLive', { types: ['dynamodb'], kind: 'modify', ids: dynamo, fields: ['ttl', 'timetolive'] }],
  ['CreateAutoScalingGroup', { types: ['asg'], kind: 'create', ids: ['request.autoScalingGroupName'] }],
  ['DeleteAutoScalingGroup', { types: ['asg'], kind: 'delete', ids: ['request.autoScalingGroupName'] }],
  [
    'UpdateAutoScalingGroup SetDesiredCapacity SuspendProcesses ResumeProcesses',
    {
      types: ['asg'],
      kind: 'modify',
      ids: ['request.autoScalingGroupName'],
    },
  ],
  ['CreateVpc', { types: ['vpc'], kind: 'create', ids: ['response.vpc.vpcId'] }],
  ['DeleteVpc', { types: ['vpc'], kind: 'delete', ids: ['request.vpcId'] }],
  ['ModifyVpcAttribute', { types: ['vpc'], kind: 'modify', ids: ['request.vpcId'] }],
  ['CreateSubnet', { types: ['subnet'], kind: 'create', ids: ['response.subnet.subnetId'] }],
  ['DeleteSubnet', { types: ['subnet'], kind: 'delete', ids: ['request.subnetId'] }],
  ['ModifySubnetAttribute', { types: ['subnet'], kind: 'modify', ids: ['request.subnetId'] }],
  ['AllocateAddress', { types: ['eip'], kind: 'create', ids: ['response.allocationId'] }],
  ['ReleaseAddress', { types: ['eip'], kind: 'delete', ids: ['request.allocationId'] }],
  ['AssociateAddress DisassociateAddress', { types: ['eip'], kind: 'modify', ids: ['request.allocationId'] }],
  ['CreateImage RegisterImage CopyImage', { types: ['ami'], kind: 'create', ids: ['response.imageId'] }],
  ['DeregisterImage', { types: ['ami'], kind: 'delete', ids: ['request.imageId'] }],
  [
    'CreateLoadBalancer',
    {
      types: ['elb'],
      kind: 'create',
      ids: ['request.loadBalancerName', 'request.name', 'response.loadBalancers.loadBalancerArn'],
    },
  ],
  [
    'DeleteLoadBalancer',
    {
      types: ['elb'],
      kind: 'delete',
      ids: ['request.loadBalancerName', 'request.loadBalancerArn'],
    },
  ],
  [
    'CreateKey',
    {
      types: ['kms'],
      kind: 'create',
      ids: ['response.keyMetadata.keyId', 'response.keyMetadata.arn'],
    },
  ],
  [
    'ScheduleKeyDeletion CancelKeyDeletion DisableKey EnableKey PutKeyPolicy EnableKeyRotation DisableKeyRotation',
    { types: ['kms'], kind: 'modify', ids: ['request.keyId'] },
  ],
];
