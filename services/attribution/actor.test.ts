import { describe, expect, test } from '@jest/globals';
import { actorOf } from './actor.ts';
import type { AuditRecord } from './record.ts';
import { account, assumedRole, auditRecord, iamUser } from './testing.ts';

const none = new Map<string, AuditRecord[]>();
const by = (userIdentity: object, more: object = {}) =>
  actorOf(auditRecord('StopInstances', { userIdentity, ...more }), none);

const browser = { userAgent: 'Mozilla/5.0', sessionCredentialFromConsole: 'true' };
const sso = assumedRole('aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef', 'alice@acme.example');
const linked = assumedRole('aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling', 'AutoScaling');
const terraform = { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.8 aws-sdk-go-v2/1.32.6 os/linux' };
const oidc = assumedRole('shop-deploy', 'GitHubActions', {
  sessionContext: {
    sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${account}:role/shop-deploy`, userName: 'shop-deploy' },
    webIdFederationData: {
      federatedProvider: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
    },
  },
});

test.each([
  ['a person in the console', iamUser('alice'), browser, 'alice', 'human', 'iam-user', 'console'],
  ['an SSO user behind a role', sso, browser, 'alice@acme.example', 'human', 'identity-center', 'console'],
  [
    'an SSO user through CloudFormation',
    { ...sso, invokedBy: 'cloudformation.amazonaws.com' },
    { userAgent: 'cloudformation.amazonaws.com' },
    'alice@acme.example',
    'human',
    'identity-center',
    'cloudformation',
  ],
  ['the root user', { type: 'Root', arn: `arn:aws:iam::${account}:root` }, browser, 'root', 'human', 'root', 'console'],
  ['a pipeline by its token', oidc, terraform, 'shop-deploy', 'automation', 'pipeline-token', 'terraform'],
  [
    'a pipeline by its name',
    assumedRole('gitlab-ci', 'gitlab-ci-shop-1'),
    {},
    'gitlab-ci',
    'automation',
    'pipeline-name',
    'cli',
  ],
  [
    'Terraform',
    assumedRole('platform', 'session-1'),
    terraform,
    'platform',
    'automation',
    'infrastructure-as-code',
    'terraform',
  ],
  [
    'a service by its own role',
    linked,
    { userAgent: 'autoscaling.amazonaws.com' },
    'autoscaling.amazonaws.com',
    'service',
    'aws-service',
    'service',
  ],
  [
    'a service as itself',
    { type: 'AWSService', invokedBy: 'rds.amazonaws.com' },
    {},
    'rds.amazonaws.com',
    'service',
    'aws-service',
    'cli',
  ],
  [
    'a workload on an instance',
    assumedRole('janitor', 'i-0123456789abcdef0'),
    { userAgent: 'Boto3/1.35' },
    'janitor',
    'automation',
    'workload',
    'sdk',
  ],
  [
    'a federated user',
    { type: 'FederatedUser', arn: `arn:aws:sts::${account}:federated-user/bob` },
    browser,
    'bob',
    'human',
    'federated-user',
    'console',
  ],
] as const)('%s', (_, identity, more, actor, kind, rule, tool) => {
  expect(by(identity, more)).toMatchObject({ actor, kind, rule, tool });
});

describe('a chain of roles', () => {
  const grant = (key: string, userIdentity: object, more: object = {}) =>
    auditRecord('AssumeRole', {
      userIdentity,
      eventID: `grant-${key}-${JSON.stringify(userIdentity).length}`,
      responseElements: { credentials: { accessKeyId: key } },
      ...more,
    });
  const last = assumedRole('shop-admin', 'botocore-session-1', { accessKeyId: 'ASIA2' });

  test('leads from the access key to the person who began it', () => {
    const first = grant('ASIA1', { type: 'SAMLUser', userName: 'alice@acme.example' });
    const second = grant('ASIA2', { ...sso, accessKeyId: 'ASIA1' });
    const openings = new Map([
      ['ASIA1', [first]],
      ['ASIA2', [second]],
    ]);
    const found = actorOf(auditRecord('StopInstances', { userIdentity: last }), openings);
    expect(found).toMatchObject({ actor: 'alice@acme.example', kind: 'human', rule: 'chain-to-person' });
    expect(found.chain.at(-1)).toBe(`arn:aws:iam::${account}:role/shop-admin`);
  });

  test('prefers the event of the account that knows the caller to that of the one that sees a stranger', () => {
    const stranger = grant('ASIA2', { type: 'AWSAccount', accountId: '222222222222' });
    const known = grant('ASIA2', sso);
    const openings = new Map([['ASIA2', [stranger, known]]]);
    expect(actorOf(auditRecord('StopInstances', { userIdentity: last }), openings).actor).toBe('alice@acme.example');
  });

  test('does not go round in circles, and says that it is unsure where the opening is missing', () => {
    const circle = grant('ASIA2', last);
    const openings = new Map([['ASIA2', [circle]]]);
    expect(actorOf(auditRecord('StopInstances', { userIdentity: last }), openings).kind).toBe('human');
    const alone = actorOf(auditRecord('StopInstances', { userIdentity: last }), none);
    expect(alone).toMatchObject({ rule: 'session-at-a-desk', actor: 'shop-admin/botocore-session-1' });
    expect(alone.certainty).toBeLessThan(0.5);
  });
});
