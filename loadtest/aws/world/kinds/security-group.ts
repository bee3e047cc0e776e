import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import { common, entityOf, named } from '../common.ts';
import type { Entity, Kind, View } from '../entity.ts';
import type { Unit } from '../estate.ts';
import { longId } from '../ids.ts';
import { type Dice, mix } from '../random.ts';
import { tagList } from '../tags.ts';
import { each, ec2TagCalls, items, type LoggedCall, tagSpecification } from '../trail/step.ts';
import { services } from '../vocabulary.ts';
import { vpcId } from './network.ts';

/** One rule that lets traffic in. Exactly one of the sources is set. */
export interface Rule {
  readonly protocol: 'tcp' | 'udp' | '-1';
  readonly from: number;
  readonly to: number;
  readonly cidr?: string;
  readonly ipv6?: string;
  readonly group?: string;
  readonly text?: string;
}
export interface SecurityGroupEntity extends Entity {
  readonly description: string;
  readonly rules: readonly Rule[];
  /** True once the rule that lets everything out was taken. */
  readonly egressClosed?: boolean;
}

const world = '0.0.0.0/0';
const openSsh = 0.04;
const sshFromAnywhere: Rule = { protocol: 'tcp', from: 22, to: 22, cidr: world, text: 'temporary' };

/** Slot 0 is the default group of the default VPC. */
export const securityGroup: Kind<SecurityGroupEntity> = {
  type: 'security_group',
  generate(view, unit, slot) {
    const made = common(view, unit, slot);
    const id = longId('sg', unit, slot);
    if (slot === 0) {
      const first = { ...entityOf(made, id, 'default'), createdAt: unit.account.joinedAt, tags: {}, awsOwned: true };
      return {
        ...first,
        description: 'default VPC security group',
        rules: [{ protocol: '-1', from: -1, to: -1, group: id }],
      };
    }
    const name = groupName(unit, slot);
    const entity = entityOf({ ...made, tags: named(made.tags, name) }, id, name);
    return { ...entity, description: `Access to ${name}`, rules: generateRules(unit, slot, made.dice) };
  },
  arn: (unit, entity) => `arn:aws:ec2:${unit.region}:${unit.account.id}:security-group/${entity.id}`,
  api: (_view, unit, entity): SecurityGroup => ({
    GroupId: entity.id,
    IpPermissionsEgress: entity.egressClosed
      ? []
      : [permission({ protocol: '-1', from: -1, to: -1, cidr: world }, unit)],
    Tags: tagList(entity.tags),
    VpcId: vpcId(unit),
    SecurityGroupArn: securityGroup.arn(unit, entity),
    OwnerId: unit.account.id,
    GroupName: entity.name,
    Description: entity.description,
    IpPermissions: entity.rules.map((rule) => permission(rule, unit)),
  }),
  problems: (_view, _unit, entity) => (entity.rules.some(letsSshIn) ? ['ssh_open_to_world'] : []),
  trail: {
    source: 'ec2.amazonaws.com',
    type: 'AWS::EC2::SecurityGroup',
    calls: {
      create: each(({ id, name, description, tags, rules }, { unit }) => [
        {
          name: 'CreateSecurityGroup',
          request: {
            groupName: name,
            groupDescription: description,
            vpcId: vpcId(unit),
            ...tagSpecification('security-group', tags),
          },
          response: { _return: true, groupId: id },
        },
        ingress('AuthorizeSecurityGroupIngress', id, rules),
      ]),
      delete: each(({ id }) => ({
        name: 'DeleteSecurityGroup',
        request: { groupId: id },
        response: { _return: true },
      })),
      open_ssh: each(({ id }) => ingress('AuthorizeSecurityGroupIngress', id, [sshFromAnywhere])),
      close_ssh: each(({ id }, { before }) =>
        ingress('RevokeSecurityGroupIngress', id, (before as SecurityGroupEntity).rules.filter(letsSshIn)),
      ),
      ...ec2TagCalls(),
    },
  },
  mutations: {
    open_ssh: ({ rules }) => (rules.some(letsSshIn) ? undefined : { rules: [...rules, sshFromAnywhere] }),
    close_ssh: ({ rules }) => (rules.some(letsSshIn) ? { rules: rules.filter((rule) => !letsSshIn(rule)) } : undefined),
  },
};

/** The group's id and name without its rules: what an instance shows of its groups. */
export function groupRef(view: View, unit: Unit, slot: number): { GroupId: string; GroupName: string } {
  const groups = view.sibling(unit, 'security_group');
  const id = longId('sg', groups, slot);
  return { GroupId: id, GroupName: slot === 0 ? 'default' : groupName(groups, slot) };
}

/** Whether anyone on the Internet may try to sign in. */
export function letsSshIn(rule: Rule): boolean {
  const anyone = rule.cidr === world || rule.ipv6 === '::/0';
  return anyone && (rule.protocol === '-1' || (rule.protocol === 'tcp' && rule.from <= 22 && rule.to >= 22));
}

function groupName(unit: Unit, slot: number): string {
  const service = services[mix(unit.hash, slot + 1) % services.length] as string;
  return `${service}-${slot.toString(36)}-sg`;
}

function generateRules(unit: Unit, slot: number, dice: Dice): Rule[] {
  const rules: Rule[] = [];
  if (dice.chance(openSsh)) rules.push(sshFromAnywhere);
  const templates: readonly Rule[] = [
    { protocol: 'tcp', from: 443, to: 443, cidr: world, text: 'https' },
    { protocol: 'tcp', from: 22, to: 22, cidr: '10.0.0.0/8', text: 'bastion' },
    { protocol: 'tcp', from: 5432, to: 5432, group: longId('sg', unit, Math.max(0, slot - 1)) },
    { protocol: 'tcp', from: 8080, to: 8090, cidr: `10.${dice.below(256)}.0.0/16` },
    { protocol: 'tcp', from: 443, to: 443, ipv6: '::/0' },
    { protocol: 'udp', from: 53, to: 53, cidr: '172.16.0.0/12', text: 'dns' },
  ];
  const first = dice.below(templates.length);
  const count = 1 + dice.below(4);
  for (let i = 0; i < count; i++) rules.push(templates[(first + i) % templates.length] as Rule);
  return rules;
}

function permission(rule: Rule, unit: Unit): IpPermission {
  const text = rule.text === undefined ? {} : { Description: rule.text };
  return {
    IpProtocol: rule.protocol,
    ...(rule.protocol === '-1' ? {} : { FromPort: rule.from, ToPort: rule.to }),
    UserIdGroupPairs: rule.group === undefined ? [] : [{ ...text, UserId: unit.account.id, GroupId: rule.group }],
    IpRanges: rule.cidr === undefined ? [] : [{ ...text, CidrIp: rule.cidr }],
    Ipv6Ranges: rule.ipv6 === undefined ? [] : [{ ...text, CidrIpv6: rule.ipv6 }],
    PrefixListIds: [],
  };
}

function ingress(name: string, groupId: string, rules: readonly Rule[]): LoggedCall {
  const ipPermissions = items(
    rules.map(({ protocol, from, to, cidr, ipv6, group, text }) => ({
      ipProtocol: protocol,
      ...(protocol === '-1' ? {} : { fromPort: from, toPort: to }),
      groups: group === undefined ? {} : items([{ groupId: group }]),
      ipRanges: cidr === undefined ? {} : items([{ cidrIp: cidr, ...(text ? { description: text } : {}) }]),
      ipv6Ranges: ipv6 === undefined ? {} : items([{ cidrIpv6: ipv6 }]),
      prefixListIds: {},
    })),
  );
  return { name, request: { groupId, ipPermissions }, response: { _return: true } };
}
