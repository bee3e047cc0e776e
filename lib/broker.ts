/** The broker's options: one place for our own entry point and for `moleculer-runner-esm` alike. */
import os from 'node:os';
import { type BrokerOptions, Loggers, type Middleware, type ServiceBroker } from 'moleculer';
import { Cluster } from './cluster.ts';
import type { Config } from './config/schema.ts';
import { drainMiddleware } from './drain.ts';
import { elavaError } from './errors.ts';
import { createLogger, type Logger } from './log.ts';
import { MemoryJobs } from './memory-jobs.ts';
import { createMetrics, type Metrics, metricsMiddleware } from './metrics.ts';
import { natsOptions } from './nats.ts';
import { patientMiddleware } from './patience.ts';
import { presenceMiddleware } from './presence.ts';
import { bindRuntime, runtimeOf } from './runtime.ts';
import type { NodeMetadata } from './share.ts';
import { type Clock, systemClock } from './time.ts';
import { type Tracing, tracingOf } from './tracing.ts';

/** From saying that this process leaves to closing its services: callers that are busy hear it late, and still call it. */
const LEAVE_MS = 500;

export interface BrokerParts {
  readonly log?: Logger;
  readonly metrics?: Metrics;
  /** Another clock than the system's, for the demo and for tests that let time pass. */
  readonly clock?: Clock;
  /** Aborts when the process is to end. */
  readonly over?: AbortSignal;
}

/**
 * Moleculer's defaults wait for ever and retry what must run once, so every wait here has an end and only a pure read
 * is retried (lib/contract.ts sets `retries` per call). Heartbeats of 1/5 s find a killed node in about 5.5 s; with 1/3
 * a process that was busy for three seconds was taken for one. What we have our own of is off.
 */
const limits = {
  requestTimeout: 10_000,
  retryPolicy: { enabled: true, retries: 0, delay: 100, maxDelay: 1000, factor: 2, check: isRetryable },
  heartbeatInterval: 1,
  heartbeatTimeout: 5,
  tracking: { enabled: true, shutdownTimeout: 10_000 },
  validator: false,
  metrics: false,
  tracing: false,
  skipProcessEventRegistration: true,
} satisfies BrokerOptions;

/** What a broker of ours is made with; with NATS in the configuration it is one of a cluster. */
export function brokerOptions(config: Config, parts: BrokerParts = {}): BrokerOptions {
  const metrics = parts.metrics ?? createMetrics();
  const log = parts.log ?? createLogger({ level: config.log.level, onDrop: () => metrics.logDropped.inc() });
  const node = `${os.hostname()}-${process.pid}`;
  const clustered = config.nats.servers.length > 0;
  const tracing = tracingOf(config.tracing, { node });
  const options: BrokerOptions = {
    namespace: config.nats.namespace,
    nodeID: node,
    metadata: { judges: config.policies.enabled && config.policies.judge } satisfies NodeMetadata,
    logger: new BrokerLogger(log),
    ...(clustered ? { transporter: { type: 'NATS' as const, options: natsOptions(config.nats, node) } } : {}),
    ...limits,
    registry: { strategy: 'RoundRobin', preferLocal: true, ...(clustered && { stopDelay: LEAVE_MS }) },
    middlewares: [
      clusterMiddleware,
      drainMiddleware(),
      ...(clustered ? [patientMiddleware(), presenceMiddleware()] : []),
      ...(tracing ? [tracing.middleware, tracingLife(tracing)] : []),
      metricsMiddleware(metrics),
    ],
    created(broker: ServiceBroker) {
      const cluster = clustered
        ? new Cluster({ nats: config.nats, node, log, metrics, ...(tracing && { trace: tracing.jobs }) })
        : undefined;
      const jobs =
        cluster?.jobs ??
        new MemoryJobs({ onDead: (topic, id, error) => log.error({ error, topic, id }, 'job is dead') });
      const { clock = systemClock, over = new AbortController().signal } = parts;
      bindRuntime(broker, { config, log, metrics, clock, jobs, over, cluster });
    },
  };
  options.middlewares?.unshift(overrideGuard(textOf(options)));
  return options;
}

/** The queue is there before the first service starts, and goes when the last one has stopped. */
const clusterMiddleware: Middleware = {
  name: 'Cluster',
  starting: async (broker: ServiceBroker) => runtimeOf(broker).cluster?.open(),
  stopped: async (broker: ServiceBroker) => runtimeOf(broker).cluster?.close(),
};

function tracingLife(tracing: Tracing): Middleware {
  return { name: 'TracingLife', starting: () => tracing.open(), stopped: () => tracing.close() };
}

function isRetryable(error: Error): boolean {
  return (error as { retryable?: boolean }).retryable === true;
}

/** The broker's own lines go to our log; what it says at `info` while all is well is of use to nobody but a debugger. */
class BrokerLogger extends Loggers.Base<{ level: 'info' }> {
  readonly #log: Logger;

  constructor(log: Logger) {
    super({ level: 'info' });
    this.#log = log;
  }

  override getLogHandler({ mod }: { mod?: string }) {
    const levels = { info: 'debug', debug: 'trace' } as const;
    return (type: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', args: unknown[]): void => {
      const level = type === 'info' || type === 'debug' ? levels[type] : type;
      const [text, ...details] = args;
      // Thrown to whoever started the broker, who says it.
      if (text === 'Unable to start all services.') return;
      this.#log[level]({ mod: mod ?? 'broker', ...(details.length > 0 && { details }) }, String(text));
    };
  }
}

const guarded = [
  'namespace',
  'nodeID',
  'requestTimeout',
  'retryPolicy',
  'tracking',
  'heartbeatTimeout',
  'validator',
] as const;

type Guarded = Readonly<Record<(typeof guarded)[number], string | undefined>>;

/** A copy, because the runner writes into the very object that it was given. */
function textOf(options: BrokerOptions): Guarded {
  return Object.fromEntries(guarded.map((name) => [name, JSON.stringify(options[name])])) as Guarded;
}

/**
 * Moleculer's runner lets any environment variable named like an option replace it, and NAMESPACE is common on
 * Kubernetes: refused before anything connects. Error of `broker.start()`: CONFIG_BROKER.
 */
function overrideGuard(ours: Guarded): Middleware {
  return {
    name: 'OverrideGuard',
    async starting(broker: ServiceBroker) {
      const theirs = textOf(broker.options);
      const replaced = guarded.find((name) => theirs[name] !== ours[name]);
      if (replaced === undefined) return;
      throw elavaError(
        'CONFIG_BROKER',
        `the broker's ${replaced} was replaced; unset the environment variable ${replaced.toUpperCase()}`,
      );
    },
  };
}
