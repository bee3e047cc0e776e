/** The store as a process of its own, which the roles of several processes share. */
import { once } from 'node:events';
import type { Command } from 'commander';
import { EngineServer } from '../../../lib/clickhouse/server/engine-server.ts';
import { createLogger } from '../../../lib/log.ts';
import { note } from '../output.ts';
import { type GlobalOptions, settings } from '../session.ts';

type Options = GlobalOptions & { host?: string; port?: string; resetFence?: boolean };

export function storeCommand(program: Command): Command {
  const store = program
    .command('store')
    .summary('serve the embedded engine to other processes')
    .description('For a cluster on one machine that has no ClickHouse server of its own.');
  store
    .command('serve')
    .summary("serve the data directory over ClickHouse's HTTP interface")
    .description("Opens the data directory and serves it over ClickHouse's HTTP interface until it is told to stop.")
    .option('--host <address>', 'address that it binds')
    .option('--port <number>', 'its port; 0 takes any free one')
    .option('--reset-fence', 'forget which leader wrote last: after the NATS servers were made anew')
    .addHelpText(
      'after',
      `
The processes of a cluster reach it by storage.url. Another machine needs a password (ELAVA_STORAGE_PASSWORD) and
should come by TLS (storage.listen.cert and key).

Examples:
  elava store serve --data /var/lib/elava
  ELAVA_STORAGE_URL=http://127.0.0.1:8123 elava serve --roles history`,
    )
    .action(async (_, command: Command) => serve(command.optsWithGlobals<Options>()));
  return store;
}

async function serve(options: Options): Promise<void> {
  const { storage, log: logging } = settings(options, {
    ...(options.host !== undefined && { 'storage.listen.host': options.host }),
    ...(options.port !== undefined && { 'storage.listen.port': options.port }),
  });
  const log = createLogger({ level: options.verbose ? 'debug' : logging.level, pretty: process.stderr.isTTY });
  const { listen, ...engine } = storage;
  const server = await EngineServer.start({
    ...engine,
    ...listen,
    readPassword: listen.read_password,
    resetFence: options.resetFence === true,
    log,
  });
  note(`The store is served at ${server.url}; Ctrl-C stops it.`);
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await server.close();
}
