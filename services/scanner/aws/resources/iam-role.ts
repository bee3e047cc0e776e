/** IAM roles from two lists of an account: one has tags, policies and last use, the other how long a session may be. */
import Type from 'typebox';
import { type Answer, type AwsContext, awsType, listed, readDetail } from '../context.ts';
import { metadataOf, policyDocument, present, providerOwned, refList, sortedBy, tagMap } from './common.ts';

type Detail = NonNullable<Answer<'iam', 'GetAccountAuthorizationDetails'>['RoleDetailList']>[number];
type Listed = NonNullable<Answer<'iam', 'ListRoles'>['Roles']>[number];
type Role = Detail & Partial<Pick<Listed, 'Description' | 'MaxSessionDuration'>>;

const WEEK_MS = 7 * 86_400_000;

export const iamRole = awsType<Role>({
  type: 'iam_role',
  title: 'IAM role',
  arns: 'iam:role',
  service: 'iam',
  global: true,
  actions: ['iam:GetAccountAuthorizationDetails', 'iam:ListRoles'],
  // IAM moves it on every few hours while a role is used. A week's grain keeps "unused for 90 days" true to a week.
  volatile: { last_used: WEEK_MS, last_used_region: Number.POSITIVE_INFINITY },
  fields: Type.Object({
    trust_policy: Type.Optional(Type.Unknown({ description: 'Who may assume the role: the policy document.' })),
    trusted: Type.Array(
      Type.String({
        description: 'Principals of the trust policy that are allowed: service, account, ARN, provider or "*".',
      }),
    ),
    last_used: Type.String({ description: 'To a week; "" when IAM knows of no use in its 400 days.' }),
    last_used_region: Type.String(),
    path: Type.String(),
    description: Type.Optional(Type.String()),
    max_session_seconds: Type.Optional(Type.Integer()),
    service_linked: Type.Boolean({ description: 'Made by an AWS service for itself.' }),
    attached_policies: Type.Array(Type.String({ description: 'ARN.' })),
    inline_policies: Type.Array(Type.String({ description: 'Name; the documents are in metadata.RolePolicyList.' })),
    permissions_boundary: Type.Optional(Type.String({ description: 'ARN.' })),
    provider_owned: providerOwned,
  }),

  async list(aws, token) {
    const page = await aws.call('iam', 'GetAccountAuthorizationDetails', {
      Filter: ['Role'],
      MaxItems: 500,
      ...(token ? { Marker: token } : {}),
    });
    return {
      items: listed(page.RoleDetailList, 'iam:GetAccountAuthorizationDetails'),
      next: page.IsTruncated ? page.Marker : undefined,
    };
  },

  async detail(aws, role) {
    const { value, gaps } = await readDetail({
      fields: ['description', 'max_session_seconds', 'Description', 'MaxSessionDuration'],
      call: () => aws.once('roles', () => listedRoles(aws)),
    });
    const { Description, MaxSessionDuration } = value?.get(role.Arn ?? '') ?? {};
    return { item: { ...role, ...present({ Description, MaxSessionDuration }) }, gaps };
  },

  map(role, aws) {
    const { Tags, RoleLastUsed, AssumeRolePolicyDocument, RolePolicyList, InstanceProfileList } = role;
    const name = role.RoleName ?? '';
    const path = role.Path ?? '/';
    const attached = sortedBy(role.AttachedManagedPolicies, (policy) => policy.PolicyArn);
    const inline = sortedBy(RolePolicyList, (policy) => policy.PolicyName);
    const profiles = sortedBy(InstanceProfileList, (profile) => profile.Arn);
    const trust = policyDocument(AssumeRolePolicyDocument);
    const boundary = role.PermissionsBoundary?.PermissionsBoundaryArn;
    return {
      id: role.Arn ?? `arn:${aws.partition}:iam::${aws.account}:role${path}${name}`,
      name,
      status: '',
      tags: tagMap(Tags),
      created_at: role.CreateDate ?? '',
      refs: refList(boundary, ...attached.map(({ PolicyArn }) => PolicyArn), ...profiles.map(({ Arn }) => Arn)),
      fields: present({
        trust_policy: trust,
        trusted: trustedBy(trust),
        last_used: RoleLastUsed?.LastUsedDate ?? '',
        last_used_region: RoleLastUsed?.Region ?? '',
        path,
        description: role.Description,
        max_session_seconds: role.MaxSessionDuration,
        service_linked: path.startsWith('/aws-service-role/'),
        attached_policies: attached.map(({ PolicyArn }) => PolicyArn ?? ''),
        inline_policies: inline.map(({ PolicyName }) => PolicyName ?? ''),
        permissions_boundary: boundary,
        provider_owned: awsPaths.test(path),
      }),
      metadata: metadataOf(role, elsewhere, {
        AttachedManagedPolicies: attached,
        RolePolicyList: inline.map((policy) => ({ ...policy, PolicyDocument: policyDocument(policy.PolicyDocument) })),
        InstanceProfileList: profiles.map(({ Arn, InstanceProfileName }) => present({ Arn, InstanceProfileName })),
      }),
    };
  },
});

/** By ARN; an account has a thousand roles, five thousand at most. */
async function listedRoles(aws: AwsContext): Promise<Map<string, Listed>> {
  const roles = new Map<string, Listed>();
  let token: string | undefined;
  do {
    const page = await aws.call('iam', 'ListRoles', { MaxItems: 1000, ...(token ? { Marker: token } : {}) });
    for (const role of listed(page.Roles, 'iam:ListRoles')) roles.set(role.Arn ?? '', role);
    token = page.IsTruncated ? page.Marker : undefined;
  } while (token);
  return roles;
}

/** Roles of services, and of the IAM Identity Center. */
const awsPaths = /^\/aws-(service-role|reserved)\//;

const elsewhere = ['Tags', 'RoleLastUsed', 'AssumeRolePolicyDocument'];

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
}

/** Every principal that a statement allows, whatever its conditions. */
function trustedBy(document: unknown): string[] {
  const statements = (document as { Statement?: Statement | Statement[] } | undefined)?.Statement ?? [];
  return refList(
    ...[statements]
      .flat()
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Principal }) => principalsOf(Principal)),
  );
}

function principalsOf(principal: unknown): string[] {
  if (typeof principal === 'string') return [principal];
  return Object.values((principal ?? {}) as Record<string, string | string[]>).flat();
}
