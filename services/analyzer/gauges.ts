/** Which of CloudWatch's metrics say whether a resource is used, and what they come to. Pure. */
import type { Resource } from '../../lib/resource.ts';

type Stat = 'Sum' | 'Average' | 'Maximum';
export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  readonly dimension: string;
  readonly value: string;
  readonly stat: Stat;
}
interface Metric {
  /** Name of the figure; `_peak` is the highest point, `_total` the sum of all. */
  readonly figure: string;
  readonly name: string;
  readonly stat: Stat;
}
interface Gauge {
  readonly namespace: string;
  readonly dimension: string;
  readonly metrics: readonly Metric[];
  /** What the dimension names; "" where the resource has no metrics. */
  readonly value: (resource: Fields) => string;
}
export type Fields = Resource & Readonly<Record<string, unknown>>;
/** By name; `hours` is how many points there were. */
export type Figures = Readonly<Record<string, number>>;

/** Seconds that a point stands for: peaks of a day say nothing of its nights. */
export const PERIOD = 3600;

const metric = (figure: string, name: string, stat: Stat): Metric => ({ figure, name, stat });
const cpu = metric('cpu_peak', 'CPUUtilization', 'Maximum');
const lastPart = ({ id }: Fields): string => id.slice(Math.max(id.lastIndexOf('/'), id.lastIndexOf(':')) + 1);
/** `app/name/0123` of a load balancer's ARN. */
const balancer = ({ id }: Fields): string => id.slice(id.indexOf('loadbalancer/') + 'loadbalancer/'.length);
const inState =
  (status: string, value: Gauge['value']) =>
  (resource: Fields): string =>
    resource.status === status ? value(resource) : '';

const gauges: Readonly<Record<string, Gauge>> = {
  ec2: {
    namespace: 'AWS/EC2',
    dimension: 'InstanceId',
    metrics: [cpu, metric('bytes_in_total', 'NetworkIn', 'Sum'), metric('bytes_out_total', 'NetworkOut', 'Sum')],
    value: inState('running', lastPart),
  },
  rds: {
    namespace: 'AWS/RDS',
    dimension: 'DBInstanceIdentifier',
    metrics: [cpu, metric('connections_peak', 'DatabaseConnections', 'Maximum')],
    value: inState('available', lastPart),
  },
  elasticache: {
    namespace: 'AWS/ElastiCache',
    dimension: 'CacheClusterId',
    metrics: [cpu, metric('connections_peak', 'CurrConnections', 'Maximum')],
    value: inState('available', lastPart),
  },
  lambda: {
    namespace: 'AWS/Lambda',
    dimension: 'FunctionName',
    metrics: [metric('calls_total', 'Invocations', 'Sum')],
    value: lastPart,
  },
  dynamodb: {
    namespace: 'AWS/DynamoDB',
    dimension: 'TableName',
    metrics: [
      metric('reads_peak', 'ConsumedReadCapacityUnits', 'Sum'),
      metric('writes_peak', 'ConsumedWriteCapacityUnits', 'Sum'),
    ],
    value: lastPart,
  },
  ebs: {
    namespace: 'AWS/EBS',
    dimension: 'VolumeId',
    metrics: [metric('reads_total', 'VolumeReadOps', 'Sum'), metric('writes_total', 'VolumeWriteOps', 'Sum')],
    value: inState('in-use', lastPart),
  },
  elb: {
    namespace: 'AWS/ApplicationELB',
    dimension: 'LoadBalancer',
    metrics: [metric('calls_total', 'RequestCount', 'Sum')],
    value: (resource) => (balancer(resource).startsWith('app/') ? balancer(resource) : ''),
  },
  elb_classic: {
    namespace: 'AWS/ELB',
    dimension: 'LoadBalancerName',
    metrics: [metric('calls_total', 'RequestCount', 'Sum')],
    value: ({ name }) => name,
  },
  nat_gateway: {
    namespace: 'AWS/NATGateway',
    dimension: 'NatGatewayId',
    metrics: [metric('bytes_out_total', 'BytesOutToDestination', 'Sum')],
    value: inState('available', lastPart),
  },
};

export const measuredTypes: readonly string[] = Object.keys(gauges);

/** Each metric of a resource with the figure that it makes; none when the resource is not measured in its state. */
export function metricsOf(resource: Fields): { readonly figure: string; readonly metric: MetricName }[] {
  const gauge = gauges[resource.type];
  const value = gauge?.value(resource) ?? '';
  if (!gauge || value === '' || resource.provider_owned === true) return [];
  const { namespace, dimension, metrics } = gauge;
  return metrics.map(({ figure, name, stat }) => ({ figure, metric: { namespace, name, dimension, value, stat } }));
}

/** Since when it is there, milliseconds: AWS tells of a function not when it was made, but when it was last deployed. */
export function thereSince({
  created_at,
  first_seen,
  last_modified,
}: Fields & { readonly first_seen: string }): number {
  if (created_at !== '') return Date.parse(created_at);
  const deployed = typeof last_modified === 'string' ? Date.parse(last_modified) : Number.NaN;
  const seen = Date.parse(first_seen);
  return deployed < seen ? deployed : seen;
}

/** A point an hour, as the metrics of `metricsOf` gave them. */
export function figuresOf(series: readonly { readonly figure: string; readonly points: readonly number[] }[]): Figures {
  const figures: Record<string, number> = { hours: Math.max(0, ...series.map(({ points }) => points.length)) };
  for (const { figure, points } of series) {
    if (points.length === 0) continue;
    figures[figure] = figure.endsWith('_peak')
      ? points.reduce((most, value) => Math.max(most, value), 0)
      : points.reduce((sum, value) => sum + value, 0);
  }
  return figures;
}
