/** Asks how much resources were used, account by account, and keeps the figures in the memory. */
import type { Client } from '../../lib/contract.ts';
import { codeOf, messageOf } from '../../lib/errors.ts';
import type { ResourceFilter } from '../../lib/resource.ts';
import type { historyContract, StoredResource } from '../history/history.contract.ts';
import type { scannerContract } from '../scanner/scanner.contract.ts';
import { type Fields, figuresOf, measuredTypes, metricsOf, PERIOD, thereSince } from './gauges.ts';
import { resourcePages } from './pages.ts';

export interface MeasureParts {
  readonly history: Pick<Client<typeof historyContract>, 'resources' | 'measured' | 'usage'>;
  readonly metrics: Client<typeof scannerContract>['metrics'];
  /** Milliseconds. */
  readonly now: number;
  readonly idleMs: number;
  /** What was measured after this is not asked for again, milliseconds: AWS charges by the metric. */
  readonly measuredSince: number;
}
export interface Measuring {
  readonly measured: number;
  readonly failed: { account: string; region: string; error: string; detail: string }[];
}

/** Points of one answer, so that it fits a message. */
const MOST_POINTS = 30_000;
const HOUR_MS = 3_600_000;

/** A place that cannot be read is told and left; the others go on. */
export async function measure(parts: MeasureParts, filter: ResourceFilter | undefined): Promise<Measuring> {
  const failed = new Map<string, Measuring['failed'][number]>();
  const types = (filter?.types ?? measuredTypes).filter((type) => measuredTypes.includes(type));
  let measured = 0;
  for await (const resources of resourcePages(parts.history, { ...filter, types })) {
    const due = await dueOf(resources, parts);
    for (const own of Map.groupBy(due, ({ account, region }) => `${account}/${region}`).values()) {
      const { account = '', region = '' } = own[0] ?? {};
      const key = `${account}/${region}`;
      if (failed.has(key)) continue;
      try {
        measured += await measurePlace(own, parts);
      } catch (error) {
        failed.set(key, { account, region, error: codeOf(error), detail: messageOf(error) });
      }
    }
  }
  return { measured, failed: [...failed.values()] };
}

/** Those with metrics that are old enough and were not measured lately. */
async function dueOf(resources: readonly StoredResource[], parts: MeasureParts): Promise<Fields[]> {
  const able = resources.filter((resource) => {
    return metricsOf(resource).length > 0 && parts.now - thereSince(resource) >= parts.idleMs;
  });
  if (able.length === 0) return [];
  const since = new Date(parts.measuredSince).toISOString();
  const { usage } = await parts.history.usage({ ids: able.map(({ id }) => id), since });
  const known = new Set(usage.map(({ id }) => id));
  return able.filter(({ id }) => !known.has(id));
}

async function measurePlace(resources: readonly Fields[], parts: MeasureParts): Promise<number> {
  const to = Math.floor(parts.now / HOUR_MS) * HOUR_MS;
  const from = to - Math.max(parts.idleMs, HOUR_MS);
  const span = { begun: new Date(from).toISOString(), measured_at: new Date(to).toISOString() };
  const wanted = resources.flatMap((resource) => metricsOf(resource).map((one) => ({ id: resource.id, ...one })));
  const size = Math.max(1, Math.floor((MOST_POINTS * HOUR_MS) / (to - from)));
  const { account = '', region = '' } = resources[0] ?? {};
  const answered: { id: string; figure: string; points: number[] }[] = [];
  for (let i = 0; i < wanted.length; i += size) {
    const part = wanted.slice(i, i + size);
    const metrics = part.map(({ metric }) => metric);
    const window = { from: span.begun, to: span.measured_at, period: PERIOD };
    const { series } = await parts.metrics({ account, region, ...window, metrics });
    answered.push(...part.map(({ id, figure }, n) => ({ id, figure, points: series[n]?.points ?? [] })));
  }
  const byId = Map.groupBy(answered, ({ id }) => id);
  await parts.history.measured({
    usage: resources.map(({ id, type }) => ({
      id,
      account,
      region,
      type,
      ...span,
      figures: { ...figuresOf(byId.get(id) ?? []) },
    })),
  });
  return resources.length;
}
