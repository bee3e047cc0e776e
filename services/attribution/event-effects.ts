/**
 * What an API call can change: its event's name → types, kind of change, fields, and where the resource's identity stands.
 * Sources: cloud-custodian c7n/cwe.py, GorillaStack/auto-tag, and the event forms of the services' CloudTrail guides.
 */
import { ec2Effects } from './ec2-effects.ts';
import type { Effect } from './effect.ts';
import { serviceEffects } from './service-effects.ts';

const table = new Map<string, Effect[]>();
for (const [names, effect] of [...ec2Effects, ...serviceEffects]) {
  for (const name of names.split(/\s+/)) table.set(name, [...(table.get(name) ?? []), effect]);
}

/** Lambda dates its events' names: `UpdateFunctionCode20150331v2`. */
function plainName(eventName: string): string {
  return eventName.replace(/\d{8}(v\d+)?$/, '');
}

/** What the event can do to a type; empty for an event that the table does not know. */
export function effectsOf(eventName: string, type: string): readonly Effect[] {
  return (table.get(plainName(eventName)) ?? []).filter(({ types }) => types.includes(type));
}

/** The types that the event is known to change; not those that only refer to what it changes. */
export function typesChangedBy(eventName: string): string[] {
  const effects = (table.get(plainName(eventName)) ?? []).filter(({ byReference }) => !byReference);
  return [...new Set(effects.flatMap(({ types }) => types))];
}

/** Whether any type is known to be changed by the event. */
export function isKnown(eventName: string): boolean {
  return table.has(plainName(eventName));
}

const serviceOfType: Readonly<Record<string, string>> = {
  ec2: 'ec2',
  ebs: 'ec2',
  snapshot: 'ec2',
  security_group: 'ec2',
  ami: 'ec2',
  vpc: 'ec2',
  subnet: 'ec2',
  eip: 'ec2',
  nat_gateway: 'ec2',
  rds: 'rds',
  aurora: 'rds',
  s3: 's3',
  lambda: 'lambda',
  iam_role: 'iam',
  dynamodb: 'dynamodb',
  elasticache: 'elasticache',
  eks: 'eks',
  ecs: 'ecs',
  asg: 'autoscaling',
  kms: 'kms',
  ecr: 'ecr',
  route53: 'route53',
  elb: 'elasticloadbalancing',
};

/** Whether the event's service is the one that has resources of the type. */
export function isOfService(source: string, type: string): boolean {
  return source === `${serviceOfType[type] ?? type}.amazonaws.com`;
}
