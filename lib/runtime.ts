/** What every service of a process shares, bound to its broker: a service file has no constructor to pass it to. */
import type { ServiceBroker } from 'moleculer';
import type { Cluster } from './cluster.ts';
import type { Config } from './config/schema.ts';
import { elavaError } from './errors.ts';
import type { Jobs } from './jobs.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Clock } from './time.ts';

export interface Runtime {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly jobs: Jobs;
  /** Aborts when the process is to end: what waits for others waits no longer. */
  readonly over: AbortSignal;
  /** Undefined where one process is all there is. */
  readonly cluster?: Cluster | undefined;
}

const runtimes = new WeakMap<ServiceBroker, Runtime>();

export function bindRuntime(broker: ServiceBroker, runtime: Runtime): void {
  runtimes.set(broker, runtime);
}

export function runtimeOf(broker: ServiceBroker): Runtime {
  const runtime = runtimes.get(broker);
  if (!runtime) throw elavaError('INTERNAL', 'the broker was not made by brokerOptions() of moleculer.config.ts');
  return runtime;
}
