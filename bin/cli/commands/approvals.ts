import type { Command } from 'commander';
import { elavaError } from '../../../lib/errors.ts';
import { note } from '../output.ts';
import { type ReconcileOptions, withReconciler } from '../reconcile.ts';
import { showItem } from '../render/plan.ts';

type Options = ReconcileOptions & { link?: string };
const byText = "who (default: the system's user; a server takes whoever the key belongs to)";

export function approvalCommands(program: Command): void {
  program
    .command('approve')
    .argument('[items...]', 'items of plans, such as p-1a2b3c4d-1')
    .summary('agree to items of a plan; who proposed it cannot')
    .description('An approval is for the resource as it was judged: when it changes, the approval no longer counts.')
    .option('--by <name>', byText)
    .option('--link <token>', 'answer a signed link of a message instead: it says who, what and which item')
    .addHelpText('after', '\nExamples:\n  elava approve p-1a2b3c4d-1 p-1a2b3c4d-2\n  elava approve --link eyJ…')
    .action((items: string[], _, command: Command) => approve(items, command.optsWithGlobals<Options>()));
  program
    .command('revoke')
    .argument('<item>', 'an item of a plan that you approved')
    .summary("take one's approval back")
    .description('Good until the action has begun; what was done is put back with elava undo.')
    .option('--by <name>', byText)
    .addHelpText('after', `\nExamples:\n  elava revoke p-1a2b3c4d-1`)
    .action(async (item: string, _, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withReconciler(options, async ({ reconciler, by }) =>
        showItem(await reconciler.revoke({ item, by }), options.output),
      );
    });
}

async function approve(items: string[], options: Options): Promise<void> {
  const { link, output } = options;
  if ((link === undefined) === (items.length === 0)) {
    throw elavaError('INVALID_REQUEST', 'name items of a plan, or give a link with --link');
  }
  await withReconciler(options, async ({ reconciler, by }) => {
    if (link !== undefined) {
      const { verb, person, item } = await reconciler.answer({ token: link });
      note(`${person}: ${verb} ${item.id}`);
      return showItem(item, output);
    }
    for (const item of (await reconciler.approve({ items, by })).items) {
      const left = item.needs - item.approved_by.length;
      note(
        `${item.id}: ${left > 0 ? `${left} more must approve` : `ready: elava apply ${item.plan} --item ${item.id}`}`,
      );
    }
  });
}
