/** Metrics of one process: every row of the metric table under its key, and the registry that /metrics prints. */
import type { Context, EventSchema, Middleware } from 'moleculer';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { codeOf } from './errors.ts';
import { type MetricDef, metricTable } from './metrics-table.ts';
import { version } from './version.ts';

type MetricOf<D extends MetricDef> = D['type'] extends 'counter'
  ? Counter<D['labels'][number]>
  : D['type'] extends 'gauge'
    ? Gauge<D['labels'][number]>
    : Histogram<D['labels'][number]>;

export type Metrics = { readonly registry: Registry } & {
  readonly [K in keyof typeof metricTable]: MetricOf<(typeof metricTable)[K]>;
};

/** Metrics of the process itself (memory, event loop, garbage collection): their observers exist once, not once a broker. */
let ofProcess: Registry | undefined;

function processMetrics(): Registry {
  if (ofProcess) return ofProcess;
  ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess });
  return ofProcess;
}

/** Fresh metrics, all at zero. Each broker has its own, so that two in one process do not add up. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  for (const metric of processMetrics().getMetricsAsArray()) registry.registerMetric(metric as unknown as Counter);
  const rows = Object.entries<MetricDef>(metricTable).map(([key, def]) => [key, create(def, registry)] as const);
  const metrics = { registry, ...Object.fromEntries(rows) } as unknown as Metrics;
  metrics.buildInfo.set({ version, node: process.version }, 1);
  return metrics;
}

function create({ name, type, help, labels, buckets }: MetricDef, registry: Registry): Counter | Gauge | Histogram {
  const shared = { name, help, labelNames: [...labels], registers: [registry] };
  if (type === 'counter') return new Counter(shared);
  if (type === 'gauge') return new Gauge(shared);
  return new Histogram({ ...shared, ...(buckets ? { buckets: [...buckets] } : {}) });
}

/** Counts and times every action and event handler of the node; Moleculer's own `$node.*` are left out. */
export function metricsMiddleware(metrics: Metrics): Middleware {
  return {
    name: 'ElavaMetrics',
    localAction(next: Handler, action: { name: string }): Handler {
      return action.name.startsWith('$') ? next : timedAction(metrics, next, action.name);
    },
    localEvent(next: EventHandler, event: EventSchema): EventHandler {
      return timedEvent(metrics, next, String(event.name));
    },
  } as Middleware;
}

type Handler = (ctx: Context) => Promise<unknown>;
type EventHandler = (ctx: Context) => Promise<void>;

function timedAction(metrics: Metrics, next: Handler, action: string): Handler {
  const inFlight = metrics.actionsInFlight.labels(action);
  return async (ctx) => {
    const start = performance.now();
    let outcome = 'ok';
    inFlight.inc();
    try {
      return await next(ctx);
    } catch (error) {
      outcome = codeOf(error);
      throw error;
    } finally {
      inFlight.dec();
      metrics.actionSeconds.labels(action, outcome).observe((performance.now() - start) / 1000);
    }
  };
}

function timedEvent(metrics: Metrics, next: EventHandler, event: string): EventHandler {
  const seconds = metrics.eventSeconds.labels(event);
  return async (ctx) => {
    const start = performance.now();
    try {
      await next(ctx);
    } finally {
      seconds.observe((performance.now() - start) / 1000);
    }
  };
}
