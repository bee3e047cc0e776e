/**
 * Types that Cloud Control lists although they have no file of their own: with what it takes to build an ARN from the
 * identifier where the list gives none, and the permission that the list handler of each needs from the caller (the `list`
 * handler of its resource schema in CloudFormation's registry).
 */

export interface LongTailType {
  /** CloudFormation's name. */
  readonly name: string;
  /** What its ARNs are of, as `kindOf` tells it. */
  readonly kind: string;
  /** The identifier goes after it, in an ARN of the service. Absent where the identifier is an ARN. */
  readonly before?: string;
  readonly action: string;
}

export const longTail: readonly LongTailType[] = [
  { name: 'AWS::SNS::Topic', kind: 'sns', action: 'sns:ListTopics' },
  { name: 'AWS::SecretsManager::Secret', kind: 'secretsmanager:secret', action: 'secretsmanager:ListSecrets' },
  { name: 'AWS::StepFunctions::StateMachine', kind: 'states:stateMachine', action: 'states:ListStateMachines' },
  { name: 'AWS::Kinesis::Stream', kind: 'kinesis:stream', before: 'stream/', action: 'kinesis:ListStreams' },
  {
    name: 'AWS::EFS::FileSystem',
    kind: 'elasticfilesystem:file-system',
    before: 'file-system/',
    action: 'elasticfilesystem:DescribeFileSystems',
  },
  { name: 'AWS::CloudWatch::Alarm', kind: 'cloudwatch:alarm', before: 'alarm:', action: 'cloudwatch:DescribeAlarms' },
  { name: 'AWS::CloudFormation::Stack', kind: 'cloudformation:stack', action: 'cloudformation:ListStacks' },
  { name: 'AWS::CertificateManager::Certificate', kind: 'acm:certificate', action: 'acm:ListCertificates' },
  {
    name: 'AWS::EC2::InternetGateway',
    kind: 'ec2:internet-gateway',
    before: 'internet-gateway/',
    action: 'ec2:DescribeInternetGateways',
  },
  { name: 'AWS::EC2::RouteTable', kind: 'ec2:route-table', before: 'route-table/', action: 'ec2:DescribeRouteTables' },
  {
    name: 'AWS::EC2::VPCEndpoint',
    kind: 'ec2:vpc-endpoint',
    before: 'vpc-endpoint/',
    action: 'ec2:DescribeVpcEndpoints',
  },
  {
    name: 'AWS::EC2::TransitGateway',
    kind: 'ec2:transit-gateway',
    before: 'transit-gateway/',
    action: 'ec2:DescribeTransitGateways',
  },
  {
    name: 'AWS::EC2::LaunchTemplate',
    kind: 'ec2:launch-template',
    before: 'launch-template/',
    action: 'ec2:DescribeLaunchTemplates',
  },
  { name: 'AWS::Athena::WorkGroup', kind: 'athena:workgroup', before: 'workgroup/', action: 'athena:ListWorkGroups' },
  {
    name: 'AWS::Backup::BackupVault',
    kind: 'backup:backup-vault',
    before: 'backup-vault:',
    action: 'backup:ListBackupVaults',
  },
  {
    name: 'AWS::Batch::ComputeEnvironment',
    kind: 'batch:compute-environment',
    action: 'batch:DescribeComputeEnvironments',
  },
  { name: 'AWS::MSK::Cluster', kind: 'kafka:cluster', action: 'kafka:ListClustersV2' },
];
