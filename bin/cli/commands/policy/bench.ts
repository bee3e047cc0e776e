import type { Command } from 'commander';
import type { Workshop } from '../../../../services/policy/authoring.ts';
import { buildBundle } from '../../../../services/policy/bundle.ts';
import { policyName } from '../../../../services/policy/packages.ts';
import { readSources } from '../../../../services/policy/sources.ts';
import { type Benched, benchPolicies } from '../../../../services/policy/tools/bench.ts';
import { exit } from '../../exit.ts';
import { list } from '../../filter.ts';
import { write } from '../../output.ts';
import { directoryText, type Finish, inWorkshop, type PolicyOptions, readInput, refuse } from './workshop.ts';

type Options = PolicyOptions & { package?: string[]; rounds: string };

export function benchCommand(policy: Command, finish: Finish): void {
  policy
    .command('bench')
    .argument('<input>', 'file that holds the input as JSON; - reads stdin')
    .argument('[directory]', directoryText)
    .summary('how many evaluations a second one thread does')
    .description('Evaluates an input, or a list of them, again and again; - reads it from stdin.')
    .option('--package <names>', "packages to ask (default: those of the input's environment)", list)
    .option('--rounds <number>', 'rounds of a quarter of a second', '20')
    .addHelpText(
      'after',
      '\nExamples:\n  elava policy bench input.json\n  elava policy bench input.json --package elava.security --rounds 20000',
    )
    .action((input: string, directory: string | undefined, _, command: Command) =>
      inWorkshop<Options>(directory, command, async (workshop, options) =>
        finish(await bench(workshop, input, options)),
      ),
    );
}

async function bench(workshop: Workshop, input: string, options: Options): Promise<number> {
  const given = await readInput(input);
  const built = await buildBundle(workshop.compiler, await readSources(workshop.directory));
  if (!built.ok) return refuse(built.errors);
  const benched = benchPolicies(built.bundle, workshop.settings, Array.isArray(given) ? given : [given], {
    policies: (options.package ?? []).map(policyName),
    rounds: Math.min(1000, Math.max(1, Math.trunc(Number(options.rounds)) || 20)),
    roundMs: 250,
    clock: () => performance.now(),
  });
  await write(options.output === 'table' ? textOf(benched) : `${JSON.stringify(benched)}\n`);
  return benched.failed > 0 ? exit.error : exit.ok;
}

function textOf({ inputs, evaluations, microseconds, per_second, failed }: Benched): string {
  return [
    `${evaluations} evaluations of ${inputs} inputs${failed > 0 ? `, of which ${failed} failed` : ''}`,
    `best    ${per_second.best} a second, ${microseconds.min} µs each`,
    `median  ${per_second.median} a second, ${microseconds.median} µs each`,
    '',
  ].join('\n');
}
