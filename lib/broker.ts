/** The broker's options: one place for our own entry point and for `moleculer-runner-esm` alike. */
import os from 'node:os';
import type { BrokerOptions, ServiceBroker } from 'moleculer';
import type { Config } from './config/schema.ts';
import { elavaError } from './errors.ts';
import { memoryJobs } from './jobs.ts';
import { createLogger, type Logger } from './log.ts';
import { createMetrics, type Metrics, metricsMiddleware } from './metrics.ts';
import { bindRuntime } from './runtime.ts';
import { systemClock } from './time.ts';

export interface BrokerParts {
  readonly log?: Logger;
  readonly metrics?: Metrics;
}

/**
 * Moleculer's defaults wait for ever and retry what must run once, so every wait here has an end and only a pure read
 * is retried (lib/contract.ts sets `retries` per call). Heartbeats of 1/3 s find a killed node in about 3.5 s.
 */
export function brokerOptions(config: Config, parts: BrokerParts = {}): BrokerOptions {
  const metrics = parts.metrics ?? createMetrics();
  const log = parts.log ?? createLogger({ level: config.log.level, onDrop: () => metrics.logDropped.inc() });
  const options: BrokerOptions = {
    namespace: config.nats.namespace,
    nodeID: `${os.hostname()}-${process.pid}`,
    logger: false,
    ...(config.nats.servers.length === 0
      ? {}
      : {
          transporter: {
            type: 'NATS' as const,
            options: { servers: [...config.nats.servers], reconnectTimeWait: 250 },
          },
        }),
    requestTimeout: 10_000,
    retryPolicy: { enabled: true, retries: 0, delay: 100, maxDelay: 1000, factor: 2, check: isRetryable },
    heartbeatInterval: 1,
    heartbeatTimeout: 3,
    tracking: { enabled: true, shutdownTimeout: 10_000 },
    registry: { strategy: 'RoundRobin', preferLocal: true },
    validator: false,
    metrics: false,
    tracing: false,
    skipProcessEventRegistration: true,
    middlewares: [metricsMiddleware(metrics)],
    created(broker: ServiceBroker) {
      refuseOverrides(broker, options);
      const jobs = memoryJobs({ onDead: (topic, id, error) => log.error({ error, topic, id }, 'job is dead') });
      bindRuntime(broker, { config, log, metrics, clock: systemClock, jobs });
    },
  };
  return options;
}

function isRetryable(error: Error): boolean {
  return (error as { retryable?: boolean }).retryable === true;
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

/** Moleculer's runner lets any environment variable named like an option replace it; NAMESPACE is common on Kubernetes. */
function refuseOverrides(broker: ServiceBroker, ours: BrokerOptions): void {
  for (const name of guarded) {
    if (JSON.stringify(broker.options[name]) === JSON.stringify(ours[name])) continue;
    throw elavaError(
      'CONFIG_BROKER',
      `the broker's ${name} was replaced; unset the environment variable ${name.toUpperCase()}`,
    );
  }
}
