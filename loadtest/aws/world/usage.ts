/**
 * How much each resource is used, for CloudWatch: a class that follows from its ARN, and for each metric a value at any
 * instant. Nothing is kept.
 */
import type { Entity } from './entity.ts';
import type { ResourceType } from './estate.ts';
import { hashText, mix } from './random.ts';

export type Usage = 'idle' | 'oversized' | 'busy';

const shares = { idle: 0.12, oversized: 0.15 };
const hour = 3_600_000;

export function usageOf(arn: string): Usage {
  const at = hashText(`usage/${arn}`) / 2 ** 32;
  if (at < shares.idle) return 'idle';
  return at < shares.idle + shares.oversized ? 'oversized' : 'busy';
}

/** A metric's level when its resource is idle, has too much of everything, or is busy. */
interface Metric {
  readonly type: ResourceType;
  /** The dimension that names the resource. */
  readonly dimension: string;
  readonly idle: number;
  readonly oversized: number;
  readonly busy: number;
  /** Percentages end at a hundred. */
  readonly percent?: boolean;
}
const of = (type: ResourceType, dimension: string) => ({ type, dimension });
const percent = { idle: 0.8, oversized: 5, busy: 45, percent: true };
const count = (busy: number) => ({ idle: 0, oversized: busy / 20, busy });

const [instance, database, fn, table] = [
  of('ec2', 'InstanceId'),
  of('rds', 'DBInstanceIdentifier'),
  of('lambda', 'FunctionName'),
  of('dynamodb', 'TableName'),
];
const [disk, cache, balancer] = [of('ebs', 'VolumeId'), of('elasticache', 'CacheClusterId'), of('elb', 'LoadBalancer')];

/** By namespace and name. */
const metrics: Readonly<Record<string, Metric>> = {
  'AWS/EC2 CPUUtilization': { ...instance, ...percent },
  'AWS/EC2 NetworkIn': { ...instance, idle: 2_000, oversized: 400_000, busy: 20_000_000 },
  'AWS/EC2 NetworkOut': { ...instance, idle: 1_500, oversized: 300_000, busy: 30_000_000 },
  'AWS/RDS CPUUtilization': { ...database, ...percent },
  'AWS/RDS DatabaseConnections': { ...database, ...count(60) },
  'AWS/Lambda Invocations': { ...fn, ...count(400) },
  'AWS/Lambda Duration': { ...fn, ...count(220) },
  'AWS/Lambda Errors': { ...fn, ...count(1) },
  'AWS/DynamoDB ConsumedReadCapacityUnits': { ...table, ...count(900) },
  'AWS/DynamoDB ConsumedWriteCapacityUnits': { ...table, ...count(300) },
  'AWS/EBS VolumeReadOps': { ...disk, ...count(3_000) },
  'AWS/EBS VolumeWriteOps': { ...disk, ...count(5_000) },
  'AWS/ElastiCache CPUUtilization': { ...cache, ...percent },
  'AWS/ElastiCache CurrConnections': { ...cache, ...count(80) },
  'AWS/ApplicationELB RequestCount': { ...balancer, ...count(9_000) },
  'AWS/NetworkELB ActiveFlowCount': { ...balancer, ...count(700) },
  'AWS/ELB RequestCount': { ...of('elb_classic', 'LoadBalancerName'), ...count(2_000) },
  'AWS/NATGateway BytesOutToDestination': { ...of('nat_gateway', 'NatGatewayId'), ...count(80_000_000) },
  'AWS/SQS NumberOfMessagesSent': { ...of('sqs', 'QueueName'), ...count(1_200) },
  'AWS/Logs IncomingBytes': { ...of('log_group', 'LogGroupName'), ...count(900_000) },
};

export function metricOf(namespace: string, name: string): Metric | undefined {
  return metrics[`${namespace} ${name}`];
}

/** Every metric of a type, as ListMetrics names them. */
export function metricsOf(
  type: ResourceType,
): { readonly namespace: string; readonly name: string; readonly dimension: string }[] {
  return Object.entries(metrics).flatMap(([key, metric]) => {
    const [namespace = '', name = ''] = key.split(' ');
    return metric.type === type ? [{ namespace, name, dimension: metric.dimension }] : [];
  });
}

/** A resource's metric at any instant: a day's wave about its level, and noise. */
export function readerOf(metric: Metric, arn: string): (at: number) => number {
  const level = metric[usageOf(arn)];
  if (level === 0) return () => 0;
  const h = hashText(arn);
  return (at) => {
    const wave = 1 + 0.5 * Math.sin(((at / hour + (h % 24)) / 24) * 2 * Math.PI);
    const noise = 0.8 + (0.4 * mix(h, Math.floor(at / 60_000))) / 2 ** 32;
    const value = level * wave * noise;
    return metric.percent ? Math.min(100, value) : value;
  };
}

/** Whether the resource gave any data at an instant: a stopped one is silent. */
export function speaks(entity: Entity, at: number, now: number): boolean {
  const { stoppedAt, status } = entity as Entity & { readonly stoppedAt?: number; readonly status?: string };
  if (at < entity.createdAt || at > now || status === 'stopped') return false;
  return !stoppedAt || at < stoppedAt;
}
