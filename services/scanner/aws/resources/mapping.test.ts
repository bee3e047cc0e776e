import { describe, expect, test } from '@jest/globals';
import type { AwsContext } from '../context.ts';
import { awsTypes } from './index.ts';

const context = {
  account: '111122223333',
  region: 'eu-west-1',
  partition: 'aws',
  arn: (service: string, resource: string, place?: { region?: string; account?: string }) =>
    `arn:aws:${service}:${place?.region ?? 'eu-west-1'}:${place?.account ?? '111122223333'}:${resource}`,
} as AwsContext;

function map(type: string, item: object) {
  const mapped = awsTypes.get(type)?.map(structuredClone(item), context);
  if (!mapped) throw new Error(`no type ${type}`);
  return mapped;
}

describe('an instance', () => {
  const stopped = {
    InstanceId: 'i-1',
    State: { Name: 'stopped' },
    StateTransitionReason: 'User initiated (2026-01-31 12:00:00 GMT)',
    LaunchTime: '2026-01-30T08:00:00.000Z',
    RootDeviceName: '/dev/xvda',
    BlockDeviceMappings: [
      { DeviceName: '/dev/sdf', Ebs: { VolumeId: 'vol-2', AttachTime: '2020-01-01T00:00:00.000Z' } },
      { DeviceName: '/dev/xvda', Ebs: { VolumeId: 'vol-1', AttachTime: '2025-06-01T00:00:00.000Z' } },
    ],
    SecurityGroups: [{ GroupId: 'sg-2' }, { GroupId: 'sg-1' }],
    Tags: [{ Key: 'Name', Value: 'web' }, { Key: 'empty' }],
    MetadataOptions: { HttpTokens: 'required' },
  };

  test('that is stopped says since when, and where that was read', () => {
    expect(map('ec2', stopped)).toMatchObject({
      id: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-1',
      name: 'web',
      status: 'stopped',
      tags: { Name: 'web', empty: '' },
      fields: {
        stopped_since: '2026-01-31T12:00:00.000Z',
        stopped_since_source: 'StateTransitionReason',
        imdsv2_required: true,
      },
    });
  });

  test.each([
    ['runs', { State: { Name: 'running' } }],
    ['was stopped by itself', { StateTransitionReason: 'Server.SpotInstanceTermination' }],
    ['does not say', { StateTransitionReason: '' }],
  ])('that %s has no time of its stop', (_, parts) => {
    expect(map('ec2', { ...stopped, ...parts }).fields).not.toHaveProperty('stopped_since');
  });

  test('was made when its root disk was attached, not when it was last started', () => {
    expect(map('ec2', stopped).created_at).toBe('2025-06-01T00:00:00.000Z');
    expect(map('ec2', { InstanceId: 'i-1', LaunchTime: '2026-01-30T08:00:00.000Z' }).created_at).toBe(
      '2026-01-30T08:00:00.000Z',
    );
  });

  test('is the same in whatever order AWS lists its parts', () => {
    const { BlockDeviceMappings, SecurityGroups } = stopped;
    const turned = {
      ...stopped,
      BlockDeviceMappings: [...BlockDeviceMappings].reverse(),
      SecurityGroups: [...SecurityGroups].reverse(),
    };
    expect(map('ec2', turned)).toEqual(map('ec2', stopped));
    expect(map('ec2', stopped).fields.security_group_ids).toEqual([
      'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1',
      'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-2',
    ]);
  });

  test('that is terminated is gone', async () => {
    const Reservations = [{ Instances: [{ InstanceId: 'i-1', State: { Name: 'terminated' } }, stopped] }];
    const call = async () => ({ Reservations, NextToken: 'more' });
    const page = await awsTypes.get('ec2')?.list({ ...context, call } as unknown as AwsContext, undefined);
    expect(page).toEqual({ items: [stopped], next: 'more' });
  });
});

describe('the rules of a security group', () => {
  const rules = (...IpPermissions: object[]) => map('security_group', { GroupId: 'sg-1', IpPermissions }).fields.rules;

  test.each([
    ['a port', { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 }, { protocol: 'tcp', from_port: 22, to_port: 22 }],
    ['a range', { IpProtocol: 'udp', FromPort: 53, ToPort: 60 }, { protocol: 'udp', from_port: 53, to_port: 60 }],
    ['everything', { IpProtocol: '-1' }, { protocol: '-1', from_port: 0, to_port: 65_535 }],
    ['all ports of a protocol', { IpProtocol: 'tcp', FromPort: -1, ToPort: -1 }, { from_port: 0, to_port: 65_535 }],
    [
      'a kind of ICMP',
      { IpProtocol: 'icmp', FromPort: 8, ToPort: -1 },
      { protocol: 'icmp', from_port: 8, to_port: -1 },
    ],
    ['all of ICMP', { IpProtocol: 'icmp', FromPort: -1, ToPort: -1 }, { from_port: -1, to_port: -1 }],
  ])('that open %s', (_, permission, rule) => {
    expect(rules({ ...permission, IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'all' }] })).toMatchObject([
      { direction: 'ingress', source: '0.0.0.0/0', description: 'all', ...rule },
    ]);
  });

  test('are one for each source, in an order of their own', () => {
    const permission = {
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      UserIdGroupPairs: [{ GroupId: 'sg-9' }],
      PrefixListIds: [{ PrefixListId: 'pl-1' }],
      Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      IpRanges: [{ CidrIp: '10.0.0.0/8' }, { CidrIp: '1.2.3.4/32' }],
    };
    const sources = ['1.2.3.4/32', '10.0.0.0/8', '::/0', 'pl-1', 'sg-9'];
    expect((rules(permission) as { source: string }[]).map(({ source }) => source)).toEqual(sources);
    const turned = { ...permission, IpRanges: [...permission.IpRanges].reverse() };
    expect(rules(turned, { IpProtocol: '-1', IpRanges: [{ CidrIp: '::1' }] })).toEqual(
      rules({ IpProtocol: '-1', IpRanges: [{ CidrIp: '::1' }] }, permission),
    );
  });
});

describe('a bucket', () => {
  const everyone = { Grantee: { URI: 'http://acs.amazonaws.com/groups/global/AllUsers' }, Permission: 'READ' };
  const bucket = (parts: object) => map('s3', { Name: 'b', unknown: new Set(), ...parts }).fields;
  const block = (on: object) => ({ block: { PublicAccessBlockConfiguration: on } });

  test.each([
    ['with nothing configured', {}, false],
    ['whose policy opens it', { policy: { PolicyStatus: { IsPublic: true } } }, true],
    ['whose policy does not', { policy: { PolicyStatus: { IsPublic: false } } }, false],
    ['whose ACL opens it', { acl: { Grants: [everyone] } }, true],
    ['whose ACL lets everyone write', { acl: { Grants: [{ ...everyone, Permission: 'WRITE' }] } }, false],
    [
      'opened by policy and shut',
      { policy: { PolicyStatus: { IsPublic: true } }, ...block({ RestrictPublicBuckets: true }) },
      false,
    ],
    ['opened by ACL and shut', { acl: { Grants: [everyone] }, ...block({ IgnorePublicAcls: true }) }, false],
    [
      'opened by ACL and shut for new ones only',
      { acl: { Grants: [everyone] }, ...block({ BlockPublicAcls: true }) },
      true,
    ],
  ])('%s', (_, parts, open) => {
    expect(bucket(parts).public_read).toBe(open);
  });

  test('tells how it is encrypted', () => {
    const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'arn:aws:kms:x' } };
    expect(bucket({ encryption: { ServerSideEncryptionConfiguration: { Rules: [rule] } } })).toMatchObject({
      encrypted: true,
      encryption: 'aws:kms',
      kms_key_id: 'arn:aws:kms:x',
    });
    expect(bucket({})).toMatchObject({ encrypted: false, encryption: '' });
  });
});

describe('a role', () => {
  const trusts = (Statement: unknown) =>
    map('iam_role', {
      RoleName: 'r',
      Arn: 'arn:aws:iam::111122223333:role/r',
      AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify({ Statement })),
    }).fields;

  test('tells whom it trusts', () => {
    const statements = [
      { Effect: 'Allow', Principal: { Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] } },
      { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::1:root' } },
      { Effect: 'Deny', Principal: '*' },
    ];
    expect(trusts(statements).trusted).toEqual(['arn:aws:iam::1:root', 'ec2.amazonaws.com', 'lambda.amazonaws.com']);
    expect(trusts({ Effect: 'Allow', Principal: '*' })).toMatchObject({
      trusted: ['*'],
      trust_policy: { Statement: { Effect: 'Allow' } },
    });
  });

  test('with a document that cannot be read keeps its text', () => {
    const { fields } = map('iam_role', { RoleName: 'r', AssumeRolePolicyDocument: '%7Bbroken' });
    expect(fields).toMatchObject({ trust_policy: '%7Bbroken', trusted: [] });
  });
});
