/** What IAM has to allow: what the types declare, and the few calls that belong to no type. Pure. */
import type { ResourceType } from '../resource-type.ts';

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string;
}
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}
type Actions = Pick<ResourceType<never, never>, 'actions'>;

/** Which regions the account has enabled, who changed what, and how much is used. */
const besides = ['ec2:DescribeRegions', 'cloudtrail:LookupEvents', 'cloudwatch:GetMetricData'];

/** What the lookup of an organisation's accounts calls, from its management account or a delegated one. */
const ofOrganisation = [
  'organizations:ListAccounts',
  'organizations:ListAccountsForParent',
  'organizations:ListOrganizationalUnitsForParent',
  'organizations:ListParents',
  'organizations:ListRoots',
  'organizations:ListTagsForResource',
];

/** For the role that is assumed in each account: reading alone, a statement for each service. */
export function readPolicy(types: Iterable<Actions>): PolicyDocument {
  const actions = [...besides, ...[...types].flatMap((type) => type.actions)];
  const byService = Map.groupBy(sorted(actions), (action) => action.split(':')[0] as string);
  return document([...byService].map(([service, some]) => allow(`Read${sid(service)}`, some, '*')));
}

/** For whoever runs Elava: to find the accounts, and to assume the role in them. */
export function callerPolicy(role: string): PolicyDocument {
  return document([
    allow('FindAccounts', sorted(ofOrganisation), '*'),
    allow('ReadAccounts', ['sts:AssumeRole'], `arn:*:iam::*:role/${role}`),
  ]);
}

function document(Statement: readonly Statement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement };
}

function allow(Sid: string, Action: readonly string[], Resource: string): Statement {
  return { Sid, Effect: 'Allow', Action, Resource };
}

function sorted(actions: readonly string[]): string[] {
  return [...new Set(actions)].sort();
}

/** A Sid has letters and digits only. */
function sid(service: string): string {
  return service.replace(/[^a-z0-9]/g, '').replace(/^./, (first) => first.toUpperCase());
}
