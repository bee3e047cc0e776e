import { once } from 'node:events';
import type { Command } from 'commander';
import { clientOf } from '../../../lib/contract.ts';
import { attributionContract } from '../../../services/attribution/attribution.contract.ts';
import { gatewayContract } from '../../../services/gateway/gateway.contract.ts';
import { orchestratorContract } from '../../../services/orchestrator/orchestrator.contract.ts';
import { list } from '../filter.ts';
import { note } from '../output.ts';
import { type GlobalOptions, roles, settings, withSession } from '../session.ts';

type Options = GlobalOptions & { host?: string; port?: string; region?: string[] };

export function serveCommand(program: Command): Command {
  return program
    .command('serve')
    .summary('run the loop: scan each tier at its interval, judge, serve HTTP')
    .description('Runs every role in this process until it is told to stop; it resumes where it was.')
    .option('--host <address>', 'address that the HTTP server binds')
    .option('--port <number>', 'its port; 0 takes any free one')
    .option('--region <names>', 'regions, comma-separated', list)
    .addHelpText('after', '\nStops cleanly on SIGTERM and Ctrl-C: units that are being read are finished first.')
    .action(async (_, command: Command) => {
      await serve(command.optsWithGlobals<Options>());
    });
}

async function serve(options: Options): Promise<void> {
  const config = settings(options, {
    ...(options.host !== undefined && { 'gateway.host': options.host }),
    ...(options.port !== undefined && { 'gateway.port': options.port }),
    ...(options.region && { 'providers.aws.regions': options.region }),
  });
  const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await withSession(config, { ...options, roles, level: config.log.level }, async ({ broker, log }) => {
    const { url } = await clientOf(gatewayContract, broker).address({});
    await clientOf(orchestratorContract, broker).start({});
    const { drift } = config.analyzer;
    if (drift.enabled && drift.attribution) await clientOf(attributionContract, broker).loop({ on: true });
    note(`Elava serves ${url} (/health, /metrics, /api/resources); Ctrl-C stops it.`);
    await stopped;
    log.info({}, 'stopping');
    await clientOf(orchestratorContract, broker).stop({});
  });
}
