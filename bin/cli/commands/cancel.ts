import type { Command } from 'commander';
import { type ReconcileOptions, withReconciler } from '../reconcile.ts';
import { showItem } from '../render/plan.ts';

type Options = ReconcileOptions & { reason?: string; days?: string };
const byText = "who (default: the system's user)";

export function ownerCommands(program: Command): void {
  program
    .command('cancel')
    .argument('<item>', 'an item of a plan, such as p-1a2b3c4d-1')
    .summary('end an item for good; a mark on the resource is taken off')
    .description('Nothing is done about the item any more; a later plan may propose it again.')
    .option('--reason <text>', 'why')
    .option('--by <name>', byText)
    .addHelpText('after', `\nExamples:\n  elava cancel p-1a2b3c4d-1 --reason 'needed until March'`)
    .action(async (item: string, _, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withReconciler(options, async ({ reconciler, by }) =>
        showItem(await reconciler.cancel({ item, by, reason: options.reason ?? '' }), options.output),
      );
    });
  program
    .command('acknowledge')
    .argument('<item>', 'an item of a plan, such as p-1a2b3c4d-1')
    .summary('say that you have read it')
    .description('Stops reminders of this item to its owner; it neither approves nor cancels it.')
    .option('--by <name>', byText)
    .addHelpText('after', `\nExamples:\n  elava acknowledge p-1a2b3c4d-1`)
    .action(async (item: string, _, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withReconciler(options, async ({ reconciler, by }) =>
        showItem(await reconciler.acknowledge({ item, by }), options.output),
      );
    });
  extendCommand(program);
}

function extendCommand(program: Command): void {
  program
    .command('extend')
    .argument('<item>', 'an item of a plan, such as p-1a2b3c4d-1')
    .summary('put the deadline of a marked item off')
    .description('The owner asks for more time; the action waits until the new deadline.')
    .option('--days <number>', 'business days', '5')
    .option('--by <name>', byText)
    .addHelpText('after', `\nExamples:\n  elava extend p-1a2b3c4d-1 --days 10`)
    .action(async (item: string, _, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withReconciler(options, async ({ reconciler, by }) =>
        showItem(await reconciler.extend({ item, by, days: Number(options.days) }), options.output),
      );
    });
}
