import type { Command } from 'commander';
import { clientOf } from '../../../lib/contract.ts';
import { type ErrorCode, elavaError, errorTable } from '../../../lib/errors.ts';
import { formatDuration } from '../../../lib/time.ts';
import { orchestratorContract, type TierTable } from '../../../services/orchestrator/orchestrator.contract.ts';
import { exit, report } from '../exit.ts';
import { type Column, note, type Output, onePage, writeRows } from '../output.ts';
import { askServer, type ReaderOptions } from '../reader.ts';
import { settings, withSession } from '../session.ts';

type Options = ReaderOptions & { output: Output };

type Row = TierTable['tiers'][number];

const columns: Column<Row>[] = [
  { head: 'TIER', value: (r) => r.tier },
  { head: 'INTERVAL', value: (r) => spanText(r.interval_ms), right: true },
  { head: 'TUNED', value: (r) => spanText(r.tuned_ms), right: true },
  { head: 'UNITS', value: (r) => r.units ?? '?', right: true },
  { head: 'RESOURCES', value: (r) => r.resources ?? '?', right: true },
  { head: 'CHANGED', value: (r) => (r.looks === 0 ? '·' : `${r.changed} of ${r.looks}`), right: true },
  { head: 'LAST', value: (r) => r.last.slice(0, 16) },
  { head: 'NEXT', value: (r) => r.next.slice(0, 16) },
  { head: 'MATCHES', value: (r) => patternText(r.matches) },
];

export function tiersCommand(program: Command, finish: (code: number) => void): Command {
  return program
    .command('tiers')
    .summary('the tiers: what each matches, how often it is scanned, and what is in it')
    .description(
      `A unit (account × region × type) belongs to the first tier that matches it. A tier with tags or status takes the units
that hold such a resource. TUNED is the interval that fits how often something changed, within interval ÷ tune and
interval × tune; CHANGED are the units whose last scan saw a change, of those that were scanned twice.`,
    )
    .addHelpText(
      'after',
      '\nExamples:\n  elava tiers\n  elava tiers --server http://127.0.0.1:8181\n  elava scan --tiers critical,production',
    )
    .action(async (_, command: Command) => {
      finish(await tiers(command.optsWithGlobals<Options>()));
    });
}

async function tiers(options: Options): Promise<number> {
  const { tiers: rows, error, detail } = await tableOf(options);
  await writeRows(options.output, columns, onePage(rows));
  if (error === '') return exit.ok;
  note('Units and resources are not known: the accounts could not be looked up.');
  const code = error in errorTable ? (error as ErrorCode) : 'INTERNAL';
  return report(elavaError(code, detail), options.verbose === true);
}

function tableOf(options: Options): Promise<TierTable> {
  const { timeoutMs } = orchestratorContract.actions.tiers;
  if (options.server !== undefined) return askServer(options.server, 'tiers', {}, timeoutMs);
  const session = { ...options, roles: ['history', 'scanner', 'orchestrator'] as const };
  return withSession(settings(options), session, ({ broker }) => clientOf(orchestratorContract, broker).tiers({}));
}

/** `types: ec2, rds; regions: eu-*`; everything where nothing is asked for. */
function patternText(pattern: Row['matches']): string {
  const asked = Object.entries(pattern).flatMap(([field, wanted]) =>
    wanted.length > 0 ? [`${field}: ${wanted.join(', ')}`] : [],
  );
  return asked.length === 0 ? 'everything else' : asked.join('; ');
}

/** To the nearest of what a person would say. */
function spanText(ms: number): string {
  const grain = ms > 3_600_000 ? 60_000 : 1000;
  return formatDuration(ms > 10 * grain ? Math.round(ms / grain) * grain : ms);
}
