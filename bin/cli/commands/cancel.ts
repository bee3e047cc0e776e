import type { Command } from 'commander';
import { type ReconcileOptions, withReconciler } from '../reconcile.ts';
import { showItem } from '../render/plan.ts';

type Options = ReconcileOptions & { reason?: string; days?: string };
const byText = "who (default: the system's user)";

export function ownerCommands(program: Command): void {
  program
    .command('cancel <item>')
    .summary('end an item for good; a mark on the resource is taken off')
    .option('--reason <text>', 'why')
    .option('--by <name>', byText)
    .action(async (item: string, _, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withReconciler(options, async ({ reconciler, by }) =>
        showItem(await reconciler.cancel({ item, by, reason: options.reason ?? '' }), options.output),
      );
    });
  program
    .command('acknowledge <item>')
    .summary('say that you have read it')
    .option('--by <name>', byText)
    .action(async (item: string, _, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withReconciler(options, async ({ reconciler, by }) =>
        showItem(await reconciler.acknowledge({ item, by }), options.output),
      );
    });
  program
    .command('extend <item>')
    .summary('put the deadline of a marked item off')
    .option('--days <number>', 'business days', '5')
    .option('--by <name>', byText)
    .action(async (item: string, _, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withReconciler(options, async ({ reconciler, by }) =>
        showItem(await reconciler.extend({ item, by, days: Number(options.days) }), options.output),
      );
    });
}
