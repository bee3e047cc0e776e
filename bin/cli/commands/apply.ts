import type { Command } from 'commander';
import { exit } from '../exit.ts';
import { list } from '../filter.ts';
import { type ReconcileOptions, withReconciler } from '../reconcile.ts';
import { showApplied } from '../render/plan.ts';

type Options = ReconcileOptions & { item?: string[]; dryRun?: boolean };

export function applyCommand(program: Command, finish: (code: number) => void): void {
  program
    .command('apply')
    .argument('<plan>', 'its id, as elava plan list shows it')
    .summary('do what of a plan is approved and still holds')
    .description(
      'Looks at everything anew, counts it as a whole, and does that plan only: each item if it is approved, its resource and decision are as they were, and nothing holds it.',
    )
    .option('--item <ids>', 'only these items', list)
    .option('-n, --dry-run', 'say what would be done, and do nothing')
    .option('--by <name>', "who applies it (default: the system's user)")
    .addHelpText(
      'after',
      `
Exit codes: 0 all that was asked for is done, 1 something failed, 5 everything was held back.

Examples:
  elava apply p-1a2b3c4d --dry-run
  elava apply p-1a2b3c4d --item p-1a2b3c4d-1,p-1a2b3c4d-4`,
    )
    .action(async (plan: string, _, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withReconciler(options, async ({ reconciler, by }) => {
        const applied = await reconciler.apply({
          plan,
          by,
          ...(options.item && { items: options.item }),
          ...(options.dryRun && { dry_run: true }),
        });
        await showApplied(applied, options.output);
        const { done, failed, held, superseded } = applied;
        if (failed > 0) finish(exit.error);
        else if (done === 0 && held + superseded > 0) finish(exit.refused);
      });
    });
}
