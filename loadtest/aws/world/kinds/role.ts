import type { Role } from '@aws-sdk/client-iam';
import { common, day, entityOf, hour } from '../common.ts';
import type { Entity, Kind, View } from '../entity.ts';
import type { Unit } from '../estate.ts';
import { looseId, slotSuffix } from '../ids.ts';
import { type Dice, mix } from '../random.ts';
import { tagList } from '../tags.ts';
import { each, tagCalls } from '../trail/step.ts';
import { services } from '../vocabulary.ts';

export interface RoleEntity extends Entity {
  readonly roleId: string;
  readonly path: string;
  readonly description: string;
  /** The Principal of the trust policy. */
  readonly trusts: Readonly<Record<string, string>>;
  readonly maxSession: number;
  /** Whether something still uses it: its last use moves with the clock. */
  readonly used: boolean;
}

const serviceLinked = [
  ['AWSServiceRoleForRDS', 'rds.amazonaws.com'],
  ['AWSServiceRoleForSupport', 'support.amazonaws.com'],
  ['AWSServiceRoleForAutoScaling', 'autoscaling.amazonaws.com'],
] as const;
/** Whom a role trusts goes round by its slot, so that others can pick a role for a service without an index. */
const principals = [
  'ec2.amazonaws.com',
  'lambda.amazonaws.com',
  'ecs-tasks.amazonaws.com',
  'account',
  'github',
] as const;
export type RolePrincipal = (typeof principals)[number];

export const role: Kind<RoleEntity> = {
  type: 'iam_role',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const roleId = `AROA${looseId('', unit.key, slot).slice(2, 19).toUpperCase()}`;
    const linked = serviceLinked[slot];
    if (linked) {
      const first = {
        ...entityOf(made, linked[0], linked[0]),
        createdAt: unit.account.joinedAt,
        tags: {},
        awsOwned: true,
      };
      const path = `/aws-service-role/${linked[1]}/`;
      return { ...first, roleId, path, description: '', trusts: { Service: linked[1] }, maxSession: 3600, used: true };
    }
    const name = roleName(unit, slot);
    return {
      ...entityOf(made, name, name),
      roleId,
      path: made.dice.chance(0.2) ? '/service/' : '/',
      description: `Used by ${made.service}`,
      trusts: trust(unit, principalOf(slot)),
      maxSession: made.dice.pick([3600, 3600, 7200, 43_200]),
      used: made.dice.chance(0.8),
    };
  },
  arn: (unit, entity) => `arn:aws:iam::${unit.account.id}:role${entity.path}${entity.id}`,
  api: (view, unit, entity): Role => ({
    Path: entity.path,
    RoleName: entity.id,
    RoleId: entity.roleId,
    Arn: role.arn(unit, entity),
    CreateDate: new Date(entity.createdAt),
    AssumeRolePolicyDocument: encodeURIComponent(trustPolicy(entity)),
    ...(entity.description === '' ? {} : { Description: entity.description }),
    MaxSessionDuration: entity.maxSession,
    Tags: tagList(entity.tags),
    RoleLastUsed: lastUsed(view, entity),
  }),
  problems: () => [],
  trail: {
    source: 'iam.amazonaws.com',
    type: 'AWS::IAM::Role',
    calls: {
      create: each((entity, { arn }) => ({
        name: 'CreateRole',
        request: {
          roleName: entity.id,
          path: entity.path,
          description: entity.description,
          assumeRolePolicyDocument: trustPolicy(entity),
          maxSessionDuration: entity.maxSession,
          tags: tagList(entity.tags).map(({ Key, Value }) => ({ key: Key, value: Value })),
        },
        response: { role: { roleName: entity.id, roleId: entity.roleId, arn, path: entity.path } },
      })),
      delete: each(({ id }) => ({ name: 'DeleteRole', request: { roleName: id } })),
      lengthen: each(({ id, maxSession }) => ({
        name: 'UpdateRole',
        request: { roleName: id, maxSessionDuration: maxSession },
      })),
      describe: each(({ id, description }) => ({ name: 'UpdateRole', request: { roleName: id, description } })),
      ...tagCalls({ tag: 'TagRole', untag: 'UntagRole', by: 'roleName', ref: ({ id }) => id }),
    },
  },
  mutations: {
    lengthen: ({ maxSession }) => (maxSession < 43_200 ? { maxSession: maxSession + 1800 } : undefined),
    describe: ({ description }, { dice }) => ({ description: `${description.split(' (')[0]} (rev ${dice.hex(6)})` }),
  },
};

/** The name of a role of this account that trusts the service, "" when the account has none. */
export function roleRef(view: View, unit: Unit, principal: RolePrincipal, dice: Dice): string {
  const roles = view.sibling(unit, 'iam_role');
  const first = principals.indexOf(principal) + serviceLinked.length;
  const choices = Math.ceil((roles.count - first) / principals.length);
  return choices > 0 ? roleName(roles, first + principals.length * dice.below(choices)) : '';
}

function principalOf(slot: number): RolePrincipal {
  return principals[(slot - serviceLinked.length) % principals.length] as RolePrincipal;
}

function roleName(unit: Unit, slot: number): string {
  const service = services[mix(unit.hash, slot + 1) % services.length] as string;
  const purpose = {
    'ec2.amazonaws.com': 'instance',
    'lambda.amazonaws.com': 'function',
    'ecs-tasks.amazonaws.com': 'task',
    account: 'access',
    github: 'deploy',
  };
  return `${service}-${purpose[principalOf(slot)]}-${slotSuffix(unit, slot)}`;
}

function trust(unit: Unit, principal: RolePrincipal): RoleEntity['trusts'] {
  const { id } = unit.account;
  if (principal === 'account') return { AWS: `arn:aws:iam::${id}:root` };
  if (principal === 'github')
    return { Federated: `arn:aws:iam::${id}:oidc-provider/token.actions.githubusercontent.com` };
  return { Service: principal };
}

function trustPolicy({ trusts }: RoleEntity): string {
  const action = 'Federated' in trusts ? 'sts:AssumeRoleWithWebIdentity' : 'sts:AssumeRole';
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: trusts, Action: action }] });
}

/** IAM tells it to the hour or so; a role that is in use was used in the last hour. */
function lastUsed(view: View, entity: RoleEntity): NonNullable<Role['RoleLastUsed']> {
  const unusedSince = Math.min(view.startTime, entity.createdAt + 30 * day);
  const at = entity.used ? Math.floor(view.now() / hour) * hour : unusedSince;
  return { LastUsedDate: new Date(at), Region: 'us-east-1' };
}
