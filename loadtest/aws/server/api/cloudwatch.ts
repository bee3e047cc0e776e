/** CloudWatch: what each resource's metrics were, computed when they are asked for. */
import type {
  GetMetricDataInput,
  GetMetricDataOutput,
  ListMetricsInput,
  ListMetricsOutput,
  Metric,
  MetricDataQuery,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import type { Entity } from '../../world/entity.ts';
import type { Unit } from '../../world/estate.ts';
import { kinds } from '../../world/kinds/index.ts';
import { metricOf, metricsOf, readerOf, speaks } from '../../world/usage.ts';
import { ApiError, type Call, type Handlers } from '../call.ts';
import { pageOf, unitsOf } from '../paging.ts';
import { lookUp, tokenAs } from './unit-list.ts';

/** AWS's limits for one call. */
const most = { queries: 500, datapoints: 100_800 };

/** Newest first unless asked otherwise. Pages are of queries: no query is cut in two. */
function getMetricData(call: Call<GetMetricDataInput>): GetMetricDataOutput {
  const { MetricDataQueries: queries = [], NextToken = '0', MaxDatapoints = most.datapoints } = call.input;
  if (queries.length > most.queries) throw new ApiError('ValidationError', 'At most 500 queries.');
  const span = spanOf(call.input);
  const results: MetricDataResult[] = [];
  let points = 0;
  for (let i = Number(NextToken); i < queries.length; i++) {
    const result = answer(call, queries[i] as MetricDataQuery, span);
    points += result.Values?.length ?? 0;
    const full = results.length > 0 && points > MaxDatapoints;
    if (full) return { MetricDataResults: results, NextToken: String(i), Messages: [] };
    results.push(result);
  }
  return { MetricDataResults: results, Messages: [] };
}

type Span = readonly [from: number, to: number];

function spanOf({ StartTime, EndTime }: GetMetricDataInput): Span {
  if (StartTime && EndTime && StartTime < EndTime) return [StartTime.getTime(), EndTime.getTime()];
  throw new ApiError('ValidationError', 'The parameter StartTime must be less than the parameter EndTime.');
}

function answer(call: Call<GetMetricDataInput>, query: MetricDataQuery, span: Span): MetricDataResult {
  const { Id = '', MetricStat } = query;
  if (!MetricStat) throw new ApiError('ValidationError', 'The simulator computes no expressions.');
  const { Period = 60, Stat = 'Average', Metric = {} } = MetricStat;
  const result = { Id, Label: labelOf(query), StatusCode: 'Complete' as const };
  const found = call.lists === 'nothing' ? undefined : sourceOf(call, Metric);
  if (!found) return { ...result, Timestamps: [], Values: [] };
  const times = periods(span, Period).filter((at) => speaks(found.entity, at, call.world.now()));
  if (call.input.ScanBy !== 'TimestampAscending') times.reverse();
  const Values = times.map((at) => statistic(Stat, found.read, at, Period));
  return { ...result, Timestamps: times.map((at) => new Date(at)), Values };
}

function labelOf({ Label, MetricStat }: MetricDataQuery): string {
  return Label ?? MetricStat?.Metric?.MetricName ?? '';
}

/** The resource that a metric's dimension names, and how to read the metric of it. */
function sourceOf(call: Call<unknown>, { Namespace = '', MetricName = '', Dimensions = [] }: Metric) {
  const metric = metricOf(Namespace, MetricName);
  if (!metric) return undefined;
  const named = Dimensions.find(({ Name }) => Name === metric.dimension);
  const found = lookUp(call, metric.type, named?.Value ?? '');
  return found && { entity: found[1], read: readerOf(metric, kinds[metric.type].arn(...found)) };
}

/** The starts of the periods that begin in the span. */
function periods([from, to]: Span, seconds: number): number[] {
  const step = seconds * 1000;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.ceil((to - first) / step)) }, (_, i) => first + i * step);
}

/** From eight instants of the period: enough to tell its peak from its mean. */
function statistic(stat: string, read: (at: number) => number, at: number, seconds: number): number {
  const samples = Array.from({ length: 8 }, (_, i) => read(at + (i * seconds * 1000) / 8));
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  if (stat === 'Sum') return (mean * seconds) / 60;
  if (stat === 'SampleCount') return seconds / 60;
  if (stat === 'Minimum') return Math.min(...samples);
  return stat === 'Maximum' || stat.startsWith('p') ? Math.max(...samples) : mean;
}

/** Five hundred a page; of one namespace when it is given. */
function listMetrics(call: Call<ListMetricsInput>): ListMetricsOutput {
  const { Namespace, MetricName, NextToken } = call.input;
  const types = call.world.types.filter((type) =>
    metricsOf(type).some(({ namespace }) => (Namespace ?? namespace) === namespace),
  );
  const units = types.flatMap((type) => unitsOf(call, type));
  const page = pageOf(call, units, { limit: 100, token: NextToken, badToken: 'InvalidParameterValue' });
  const Metrics = page.places
    .flatMap(([unit, entity]) => told(unit, entity))
    .filter(
      (metric) =>
        (Namespace ?? metric.Namespace) === metric.Namespace && (MetricName ?? metric.MetricName) === metric.MetricName,
    );
  return { Metrics, ...tokenAs('NextToken', page.next) };
}

function told(unit: Unit, entity: Entity) {
  return metricsOf(unit.type).map(({ namespace, name, dimension }) => ({
    Namespace: namespace,
    MetricName: name,
    Dimensions: [{ Name: dimension, Value: entity.id }],
  }));
}

export const cloudwatch: Handlers = { GetMetricData: getMetricData, ListMetrics: listMetrics };
