import type { Command } from 'commander';
import type { Config } from '../../../lib/config/schema.ts';
import { type Client, clientOf } from '../../../lib/contract.ts';
import { codeOf, elavaError } from '../../../lib/errors.ts';
import { formatDuration } from '../../../lib/time.ts';
import { orchestratorContract } from '../../../services/orchestrator/orchestrator.contract.ts';
import { exit, report } from '../exit.ts';
import { type Column, note, type Output, onePage, writeRows } from '../output.ts';
import type { ReaderOptions } from '../reader.ts';
import { settings, withSession } from '../session.ts';

type Options = ReaderOptions & { output: Output };

interface Row {
  readonly tier: string;
  readonly matches: string;
  readonly interval: string;
  /** What the interval is at present; as configured while too little was seen. */
  readonly tuned: string;
  /** null where the accounts could not be looked up. */
  readonly units: number | null;
  readonly resources: number | null;
  readonly looks: number;
  readonly changed: number;
  readonly last: string;
  readonly next: string;
}

const columns: Column<Row>[] = [
  { head: 'TIER', value: (r) => r.tier },
  { head: 'INTERVAL', value: (r) => r.interval, right: true },
  { head: 'TUNED', value: (r) => r.tuned, right: true },
  { head: 'UNITS', value: (r) => r.units ?? '?', right: true },
  { head: 'RESOURCES', value: (r) => r.resources ?? '?', right: true },
  { head: 'CHANGED', value: (r) => (r.looks === 0 ? '·' : `${r.changed} of ${r.looks}`), right: true },
  { head: 'LAST', value: (r) => r.last.slice(0, 16) },
  { head: 'NEXT', value: (r) => r.next.slice(0, 16) },
  { head: 'MATCHES', value: (r) => r.matches },
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
    .addHelpText('after', '\nExamples:\n  elava tiers\n  elava scan --tiers critical,production')
    .action(async (_, command: Command) => {
      finish(await tiers(command.optsWithGlobals<Options>()));
    });
}

async function tiers(options: Options): Promise<number> {
  if (options.server !== undefined)
    throw elavaError('INVALID_REQUEST', '--server does not serve this verb yet; run it where the data directory is');
  const config = settings(options);
  const session = { ...options, roles: ['history', 'scanner', 'orchestrator'] as const };
  return withSession(config, session, async ({ broker }) => {
    try {
      await writeRows(options.output, columns, onePage(await rowsOf(config, clientOf(orchestratorContract, broker))));
      return exit.ok;
    } catch (error) {
      if (!codeOf(error).startsWith('AWS_')) throw error;
      // What is configured can be shown without the cloud.
      await writeRows(options.output, columns, onePage(configured(config)));
      note('Units and resources are not known: the accounts could not be looked up.');
      return report(error, options.verbose === true);
    }
  });
}

async function rowsOf(config: Config, orchestrator: Client<typeof orchestratorContract>): Promise<Row[]> {
  const [schedule, holdings] = [await orchestrator.schedule({}), await orchestrator.holdings({})];
  return configured(config).map((row) => {
    const state = schedule.tiers.find(({ tier }) => tier === row.tier);
    const held = holdings.tiers.find(({ tier }) => tier === row.tier);
    if (!state || !held) return row;
    const { units, looks, changed, last, next, tuned_ms } = state;
    return { ...row, units, looks, changed, last, next, tuned: spanText(tuned_ms), resources: held.resources };
  });
}

function configured({ tiers }: Config): Row[] {
  return Object.entries(tiers).map(([tier, { interval, ...pattern }]) => ({
    tier,
    matches: patternText(pattern),
    interval: spanText(interval),
    tuned: spanText(interval),
    units: null,
    resources: null,
    looks: 0,
    changed: 0,
    last: '',
    next: '',
  }));
}

type Pattern = Omit<Config['tiers'][string], 'interval'>;

/** `types: ec2, rds; regions: eu-*`; everything where nothing is asked for. */
function patternText(pattern: Pattern): string {
  const asked = Object.entries(pattern).flatMap(([field, wanted]) =>
    Array.isArray(wanted) && wanted.length > 0 ? [`${field}: ${wanted.join(', ')}`] : [],
  );
  return asked.length === 0 ? 'everything else' : asked.join('; ');
}

/** To the nearest of what a person would say. */
function spanText(ms: number): string {
  const grain = ms > 3_600_000 ? 60_000 : 1000;
  return formatDuration(ms > 10 * grain ? Math.round(ms / grain) * grain : ms);
}
