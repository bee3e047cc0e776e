/** The command line: verbs, global options, and how errors end. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { accountsCommand } from './commands/accounts.ts';
import { actionsCommand } from './commands/actions.ts';
import { activityCommand } from './commands/activity.ts';
import { applyCommand } from './commands/apply.ts';
import { approvalCommands } from './commands/approvals.ts';
import { ownerCommands } from './commands/cancel.ts';
import { changesCommand } from './commands/changes.ts';
import { completionCommand } from './commands/completion.ts';
import { configCommand } from './commands/config.ts';
import { countsCommand } from './commands/counts.ts';
import { coverageCommand } from './commands/coverage.ts';
import { demoCommand } from './commands/demo.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { driftCommand } from './commands/drift.ts';
import { exemptionsCommand } from './commands/exemptions.ts';
import { findingsCommand } from './commands/findings.ts';
import { helpCommand } from './commands/help.ts';
import { initCommand } from './commands/init.ts';
import { jobsCommand } from './commands/jobs.ts';
import { keysCommand } from './commands/keys.ts';
import { patternsCommand } from './commands/patterns.ts';
import { planCommand } from './commands/plan.ts';
import { policyCommand } from './commands/policy.ts';
import { relationsCommand } from './commands/relations.ts';
import { resourcesCommand } from './commands/resources.ts';
import { scanCommand } from './commands/scan.ts';
import { searchCommand } from './commands/search.ts';
import { serveCommand } from './commands/serve.ts';
import { statesCommand } from './commands/states.ts';
import { stopCommand } from './commands/stop.ts';
import { storeCommand } from './commands/store.ts';
import { tenantsCommand } from './commands/tenants.ts';
import { tiersCommand } from './commands/tiers.ts';
import { timelineCommand } from './commands/timeline.ts';
import { undoCommand } from './commands/undo.ts';
import { wasteCommand } from './commands/waste.ts';
import { exit, report } from './exit.ts';
import { outputs } from './output.ts';

/** Verbs that ask the memory, in the order of the help. */
const reading = [
  resourcesCommand,
  countsCommand,
  searchCommand,
  statesCommand,
  relationsCommand,
  changesCommand,
  activityCommand,
  diffCommand,
  driftCommand,
  wasteCommand,
  patternsCommand,
  findingsCommand,
  timelineCommand,
  coverageCommand,
];

function program(finish: (code: number) => void): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const cli = new Command('elava')
    .description(
      'Living infrastructure: scan the cloud with no state file, remember 30 days, judge with Rego, and say why.',
    )
    .version(version)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for the options and examples)')
    .exitOverride()
    .option('--config <file>', 'configuration file (default: ./elava.yaml when it exists)')
    .option('--data <directory>', 'data directory of the embedded store')
    .option('--server <url>', 'read from a running "elava serve" instead of the embedded store')
    .addOption(new Option('-o, --output <form>', 'form of the result on stdout').choices(outputs).default('table'))
    .option('--limit <number>', 'rows at most', positive)
    .option('-v, --verbose', 'log what is done, on stderr');
  addCommands(cli, finish);
  cli.addHelpText('after', nextSteps);
  return cli;
}

const nextSteps = `
Examples:
  elava demo --serve                    all of it on a simulated AWS, with the dashboard
  elava init && elava doctor && elava scan
  elava help scan                       a verb's whole page`;

/** In groups, as the help shows them. */
function addCommands(cli: Command, finish: (code: number) => void): void {
  cli.commandsGroup('Begin:');
  for (const command of [initCommand, doctorCommand, accountsCommand, tiersCommand]) command(cli, finish);
  demoCommand(cli, finish);
  cli.commandsGroup('Scan and ask:');
  scanCommand(cli, finish);
  for (const command of reading) command(cli);
  cli.commandsGroup('Judge:');
  policyCommand(cli, finish);
  exemptionsCommand(cli);
  tenantsCommand(cli, finish);
  cli.commandsGroup('Act:');
  planCommand(cli);
  applyCommand(cli, finish);
  approvalCommands(cli);
  ownerCommands(cli);
  undoCommand(cli, finish);
  actionsCommand(cli);
  stopCommand(cli, finish);
  cli.commandsGroup('Serve:');
  for (const command of [serveCommand, storeCommand, jobsCommand, keysCommand]) command(cli);
  cli.commandsGroup('Help:');
  configCommand(cli);
  completionCommand(cli);
  helpCommand(cli);
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

/** Runs one command line and gives its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  let code: number = exit.ok;
  const cli = program((finished) => {
    code = finished;
  });
  try {
    await cli.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.ok : exit.usage;
    return report(error, cli.opts<{ verbose?: boolean }>().verbose === true);
  }
}

// A reader that closes the pipe (`| head`) has seen enough: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? exit.ok : exit.error),
);
process.exitCode = await main(process.argv.slice(2));
