import type { Command } from 'commander';
import { elavaError } from '../../../lib/errors.ts';
import { list } from '../filter.ts';
import { serveRoles } from '../serve.ts';
import { type GlobalOptions, type Role, roles, settings } from '../session.ts';

type Options = GlobalOptions & { host?: string; port?: string; region?: string[]; roles?: string[]; manual?: boolean };

export function serveCommand(program: Command): Command {
  return program
    .command('serve')
    .summary('run the loop: scan each tier at its interval, judge, serve HTTP')
    .description('Runs every role in this process, or some of them, until it is told to stop; it resumes where it was.')
    .option('--roles <names>', `roles of this process, comma-separated: ${roles.join(', ')} (default: all)`, list)
    .option('--host <address>', 'address that the HTTP server binds')
    .option('--port <number>', 'its port; 0 takes any free one')
    .option('--region <names>', 'regions, comma-separated', list)
    .option('--manual', 'scan only when asked (elava scan), not each tier at its interval')
    .addHelpText(
      'after',
      `
Stops cleanly on SIGTERM and Ctrl-C: units that are being read are finished first.

Examples:
  elava serve                                             all roles in one process
  elava serve --roles scanner --region eu-west-1          one more scanner of a cluster (nats.servers)
  elava serve --roles history,scanner,policy,tenants,events,gateway   the edge enforcer alone
  elava serve --roles history                             leads, or waits until the leader is gone`,
    )
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await serveRoles(options, chosenRoles(options.roles), configOf(options));
    });
}

function configOf({ host, port, region, ...options }: Options) {
  return settings(options, {
    ...(host !== undefined && { 'gateway.host': host }),
    ...(port !== undefined && { 'gateway.port': port }),
    ...(region && { 'providers.aws.regions': region }),
  });
}

/** Error: ROLE_UNKNOWN. */
function chosenRoles(named: readonly string[] | undefined): readonly Role[] {
  const unknown = named?.find((name) => !roles.includes(name as Role));
  if (unknown !== undefined)
    throw elavaError('ROLE_UNKNOWN', `there is no role "${unknown}"; there are ${roles.join(', ')}`);
  return roles.filter((role) => named === undefined || named.includes(role));
}
