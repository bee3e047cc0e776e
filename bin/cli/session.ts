/** One process that runs the roles that a verb needs, with no broker server. */
import { ServiceBroker, type ServiceSchema } from 'moleculer';
import { brokerOptions } from '../../lib/broker.ts';
import { type LoadOptions, loadConfig } from '../../lib/config/load.ts';
import type { Config } from '../../lib/config/schema.ts';
import { startServices } from '../../lib/contract.ts';
import { codeOf, elavaError, messageOf } from '../../lib/errors.ts';
import { createLogger, type Logger } from '../../lib/log.ts';
import { runtimeOf } from '../../lib/runtime.ts';
import type { Clock } from '../../lib/time.ts';
import { note } from './output.ts';

export const roles = [
  'history',
  'scanner',
  'orchestrator',
  'policy',
  'attribution',
  'analyzer',
  'tenants',
  'events',
  'notifier',
  'reconciler',
  'gateway',
] as const;
export type Role = (typeof roles)[number];

export interface GlobalOptions {
  readonly config?: string;
  readonly data?: string;
  readonly verbose?: boolean;
}
export interface Session {
  readonly broker: ServiceBroker;
  readonly config: Config;
  readonly log: Logger;
}

/** What `loadConfig` takes: the options that every verb has, and a verb's own as paths: `{'gateway.port': 0}`. */
export function flagsOf(options: GlobalOptions, flags: Record<string, unknown> = {}): LoadOptions {
  return {
    flags: { ...flags, ...(options.data === undefined ? {} : { 'storage.path': options.data }) },
    ...(options.config === undefined ? {} : { file: options.config }),
  };
}

/** Settings from flags, environment, file and defaults; what is odd in them is said on stderr. */
export function settings(options: GlobalOptions, flags: Record<string, unknown> = {}): Config {
  const { config, warnings } = loadConfig(flagsOf(options, flags));
  for (const warning of warnings) note(`warning: ${warning}`);
  return config;
}

export interface SessionOptions extends GlobalOptions {
  readonly roles: readonly Role[];
  /** In a cluster: run the roles here. Without it a verb asks the processes that run them. */
  readonly serves?: boolean;
  /** Runs before anything is started. */
  readonly prepare?: (broker: ServiceBroker) => Promise<void>;
  /** Waits for the lead that the roles need. Meanwhile runs what of them does without. */
  readonly lead?: ((broker: ServiceBroker) => Promise<void>) | undefined;
  /** Breaks a start off that waits for services of others. */
  readonly over?: AbortSignal;
  readonly level?: string;
  readonly clock?: Clock;
}

/** Opens the roles, runs `work`, and closes them whatever happens. A verb at a terminal logs only what went wrong. */
export async function withSession<T>(
  config: Config,
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const level = options.verbose ? 'debug' : (options.level ?? 'error');
  const log = createLogger({ level, pretty: process.stderr.isTTY });
  const { clock, over } = options;
  const broker = new ServiceBroker(brokerOptions(config, { log, ...(clock && { clock }), ...(over && { over }) }));
  const asks = config.nats.servers.length > 0 && !options.serves;
  try {
    await options.prepare?.(broker);
    if (asks) {
      await broker.start();
      await othersRun(broker, options.roles);
    } else {
      await run(broker, options);
    }
    return await work({ broker, config, log });
  } finally {
    await stop(broker, log);
  }
}

/** Starts the roles, those that lead once they may. */
async function run(broker: ServiceBroker, { roles: chosen, lead }: SessionOptions): Promise<void> {
  const services = await Promise.all(chosen.map((role) => serviceOf(role, role)));
  if (!lead) {
    for (const service of services) broker.createService(service);
    return broker.start();
  }
  for (const service of await withoutLead(chosen)) broker.createService(service);
  await broker.start();
  await lead(broker);
  await startServices(broker, services);
}

async function serviceOf(role: Role, name: string): Promise<ServiceSchema> {
  const module = (await import(`../../services/${role}/${name}.service.ts`)) as { default: ServiceSchema };
  return module.default;
}

/** What a process of a role does also while another leads it: it writes accounts. */
async function withoutLead(chosen: readonly Role[]): Promise<ServiceSchema[]> {
  return chosen.includes('history') ? [await serviceOf('history', 'writer')] : [];
}

const answerMs = 15_000;

async function othersRun(broker: ServiceBroker, needed: readonly Role[]): Promise<void> {
  for (const role of needed.filter((name) => name !== 'gateway')) {
    await broker.waitForServices(role, answerMs).catch((cause: unknown) => {
      throw elavaError('ROLE_UNAVAILABLE', `no process of the cluster runs ${role}`, { cause });
    });
  }
}

async function stop(broker: ServiceBroker, log: Logger): Promise<void> {
  try {
    await broker.stop();
    const { jobs, cluster } = runtimeOf(broker);
    await jobs.close();
    await cluster?.close();
  } catch (error) {
    log.error({ code: codeOf(error), reason: messageOf(error) }, 'a service did not stop cleanly');
  }
}
