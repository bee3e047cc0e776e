/** Names of services in botocore, and the operations that cannot come through it as they went, with the reason. */

const listsOfRoute53 = [
  'ListGeoLocations',
  'ListHealthChecks',
  'ListHostedZones',
  'ListHostedZonesByName',
  'ListHostedZonesByVPC',
  'ListResourceRecordSets',
  'ListReusableDelegationSets',
  'ListTrafficPolicies',
  'ListTrafficPolicyInstances',
  'ListTrafficPolicyInstancesByHostedZone',
  'ListTrafficPolicyInstancesByPolicy',
  'ListTrafficPolicyVersions',
];
const answersOfElastiCache = [
  'CreateCacheCluster',
  'DecreaseReplicaCount',
  'DeleteCacheCluster',
  'DeleteReplicationGroup',
  'DescribeCacheClusters',
  'DescribeReplicationGroups',
  'IncreaseReplicaCount',
  'ModifyCacheCluster',
  'ModifyReplicationGroup',
  'RebootCacheCluster',
  'StartMigration',
  'TestMigration',
];

/** By the JavaScript SDK's service id. */
export const names: Readonly<Record<string, string>> = {
  EC2: 'ec2',
  RDS: 'rds',
  S3: 's3',
  Lambda: 'lambda',
  IAM: 'iam',
  DynamoDB: 'dynamodb',
  STS: 'sts',
  Organizations: 'organizations',
  CloudTrail: 'cloudtrail',
  CloudWatch: 'cloudwatch',
  EKS: 'eks',
  ECS: 'ecs',
  'Auto Scaling': 'autoscaling',
  ElastiCache: 'elasticache',
  KMS: 'kms',
  ECR: 'ecr',
  'Route 53': 'route53',
  'Elastic Load Balancing v2': 'elbv2',
  'Elastic Load Balancing': 'elb',
  'CloudWatch Logs': 'logs',
  SQS: 'sqs',
  'Resource Groups Tagging API': 'resourcegroupstaggingapi',
  CloudControl: 'cloudcontrol',
  Account: 'account',
};

const itemsText = "MaxItems is a text in botocore's model and a number in the JavaScript SDK's";
const pendingLogs = 'the JavaScript model lacks the name that LogDeliveryConfigurations has in XML';

export const exceptions: Readonly<Record<string, string>> = {
  'EC2.RunInstances': 'the client encodes UserData itself',
  'Lambda.Invoke': 'the payload is a stream in botocore',
  'S3.GetBucketLocation': 'the client reads the answer with a parser of its own, which takes regions only',
  'S3.HeadObject': 'the client adds ExpiresString to the answer itself',
  'S3.ListParts': "part numbers' markers are texts in one model and numbers in the other",
  'S3.ListDirectoryBuckets': 'only its host tells it from ListBuckets',
  'Route 53.TestDNSAnswer': 'the client cuts ids at the last slash',
  ...Object.fromEntries(listsOfRoute53.map((name) => [`Route 53.${name}`, itemsText])),
  ...Object.fromEntries(answersOfElastiCache.map((name) => [`ElastiCache.${name}`, pendingLogs])),
};
