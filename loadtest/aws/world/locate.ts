/** From an ARN to the unit and slot that it names, whether or not the resource is still there. */
import type { ResourceType, Unit } from './estate.ts';
import { kinds } from './kinds/index.ts';
import type { EstateState } from './state.ts';

export interface Place {
  readonly unit: Unit;
  readonly slot: number;
  readonly id: string;
}

/** What comes before the id in an ARN's last part. */
const prefixes: readonly (readonly [ResourceType, service: string, prefix: string])[] = [
  ['ec2', 'ec2', 'instance/'],
  ['ebs', 'ec2', 'volume/'],
  ['snapshot', 'ec2', 'snapshot/'],
  ['security_group', 'ec2', 'security-group/'],
  ['rds', 'rds', 'db:'],
  ['s3', 's3', ''],
  ['lambda', 'lambda', 'function:'],
  ['iam_role', 'iam', 'role/'],
  ['dynamodb', 'dynamodb', 'table/'],
  ['vpc', 'ec2', 'vpc/'],
  ['subnet', 'ec2', 'subnet/'],
  ['nat_gateway', 'ec2', 'natgateway/'],
  ['eip', 'ec2', 'elastic-ip/'],
  ['eni', 'ec2', 'network-interface/'],
  ['ami', 'ec2', 'image/'],
  ['asg', 'autoscaling', 'autoScalingGroup:'],
  ['eks', 'eks', 'cluster/'],
  ['ecs', 'ecs', 'cluster/'],
  ['ecs_service', 'ecs', 'service/'],
  ['aurora', 'rds', 'cluster:'],
  ['elasticache', 'elasticache', 'cluster:'],
  ['kms', 'kms', 'key/'],
  ['ecr', 'ecr', 'repository/'],
  ['route53', 'route53', 'hostedzone/'],
  ['elb', 'elasticloadbalancing', 'loadbalancer/app/'],
  ['elb', 'elasticloadbalancing', 'loadbalancer/net/'],
  ['elb_classic', 'elasticloadbalancing', 'loadbalancer/'],
  ['target_group', 'elasticloadbalancing', 'targetgroup/'],
  ['log_group', 'logs', 'log-group:'],
  ['sqs', 'sqs', ''],
];

/** The place of an ARN, undefined when no resource of the estate ever had it. */
export function locate(world: EstateState, arn: string): Place | undefined {
  const [, , service, region, account, ...rest] = arn.split(':');
  const last = rest.join(':');
  const found = prefixes.find(([, of, prefix]) => of === service && last.startsWith(prefix));
  if (!found) return undefined;
  const [type, , prefix] = found;
  const id = idIn(type, last, prefix);
  // ARNs of buckets and snapshots leave the account out, those of buckets the region too.
  for (const unit of world.units({ type, ...(account ? { account } : {}), ...(region ? { region } : {}) })) {
    const slot = slotIn(world, unit, id);
    if (slot !== undefined) return { unit, slot, id };
  }
  return undefined;
}

/** A role's path, a service's cluster and a scaling group's own id stand before the name. */
function idIn(type: ResourceType, last: string, prefix: string): string {
  if (type === 'iam_role' || type === 'ecs_service' || type === 'asg') return last.split('/').pop() ?? '';
  return last.slice(type === 'elb' ? 'loadbalancer/'.length : prefix.length);
}

function slotIn(world: EstateState, unit: Unit, id: string): number | undefined {
  const there = world.find(unit, id);
  if (there) return there.slot;
  const slot = world.slotOf(unit, id);
  const known = slot >= 0 && slot < world.overrides.slots(unit);
  return known && kinds[unit.type].generate(world, unit, slot).id === id ? slot : undefined;
}
