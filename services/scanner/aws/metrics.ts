/** CloudWatch: how much resources were used. Five hundred metrics a call, which AWS charges for by the metric. */
import type { MetricQuestion, MetricSeries } from '../provider.ts';
import type { Api, Place } from './api.ts';

/** What one GetMetricData takes (its API reference). */
const AT_ONCE = 500;

/** In the order of the question; a metric that has no data gives no points. Rejects with an AWS_ code. */
export async function readMetrics(
  api: Api,
  place: Place,
  { from, to, period, metrics }: MetricQuestion,
  signal: AbortSignal,
): Promise<MetricSeries[]> {
  const points = new Map<string, number[]>();
  for (let start = 0; start < metrics.length; start += AT_ONCE) {
    const MetricDataQueries = queriesOf(metrics.slice(start, start + AT_ONCE), start, period);
    for (let token: string | undefined; ; ) {
      const { MetricDataResults = [], NextToken } = await api.call(
        place,
        ['cloudwatch', 'GetMetricData'],
        {
          MetricDataQueries,
          StartTime: new Date(from),
          EndTime: new Date(to),
          ScanBy: 'TimestampAscending',
          ...(token === undefined ? {} : { NextToken: token }),
        },
        signal,
      );
      for (const { Id = '', Values = [] } of MetricDataResults) points.set(Id, [...(points.get(Id) ?? []), ...Values]);
      if (NextToken === undefined) break;
      token = NextToken;
    }
  }
  return metrics.map((_, i) => ({ points: points.get(`m${i}`) ?? [] }));
}

function queriesOf(metrics: MetricQuestion['metrics'], start: number, period: number) {
  return metrics.map((metric, i) => ({
    Id: `m${start + i}`,
    ReturnData: true,
    MetricStat: {
      Metric: {
        Namespace: metric.namespace,
        MetricName: metric.name,
        Dimensions: [{ Name: metric.dimension, Value: metric.value }],
      },
      Period: period,
      Stat: metric.stat,
    },
  }));
}
