/** One process that runs the roles that a verb needs, with no broker server. */
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../../lib/broker.ts';
import { type LoadOptions, loadConfig } from '../../lib/config/load.ts';
import type { Config } from '../../lib/config/schema.ts';
import { codeOf, messageOf } from '../../lib/errors.ts';
import { createLogger, type Logger } from '../../lib/log.ts';
import { runtimeOf } from '../../lib/runtime.ts';
import type { Clock } from '../../lib/time.ts';
import { note } from './output.ts';

export const roles = ['history', 'scanner', 'orchestrator', 'policy', 'attribution', 'analyzer', 'gateway'] as const;
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
  const broker = new ServiceBroker(brokerOptions(config, { log, ...(options.clock && { clock: options.clock }) }));
  try {
    for (const role of options.roles) {
      const module: { default: Parameters<ServiceBroker['createService']>[0] } = await import(
        `../../services/${role}/${role}.service.ts`
      );
      broker.createService(module.default);
    }
    await broker.start();
    return await work({ broker, config, log });
  } finally {
    await stop(broker, log);
  }
}

async function stop(broker: ServiceBroker, log: Logger): Promise<void> {
  try {
    await broker.stop();
    await runtimeOf(broker).jobs.close();
  } catch (error) {
    log.error({ code: codeOf(error), reason: messageOf(error) }, 'a service did not stop cleanly');
  }
}
