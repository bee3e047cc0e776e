import type { Command } from 'commander';
import { exit } from '../exit.ts';
import { type ReconcileOptions, withReconciler } from '../reconcile.ts';
import { showApplied } from '../render/plan.ts';

export function undoCommand(program: Command, finish: (code: number) => void): void {
  program
    .command('undo')
    .argument('<action>', 'an action that was done, as elava actions lists it')
    .summary('put back what an action did')
    .description('Plans the opposite of an action that is done, checks that nobody changed it since, and does it.')
    .option('--by <name>', "who (default: the system's user)")
    .addHelpText('after', '\nExamples:\n  elava actions\n  elava undo p-1a2b3c4d-1.0')
    .action(async (action: string, _, command: Command) => {
      const options = command.optsWithGlobals<ReconcileOptions>();
      await withReconciler(options, async ({ reconciler, by }) => {
        const { applied } = await reconciler.undo({ action, by });
        await showApplied(applied, options.output);
        if (applied.failed > 0) finish(exit.error);
        else if (applied.done === 0) finish(exit.refused);
      });
    });
}
