import type { Command } from 'commander';
import type { Static } from 'typebox';
import { parseInstant } from '../../../lib/instant.ts';
import type { reconcilerContract } from '../../../services/reconciler/reconciler.contract.ts';
import { type Column, onePage, writeRows } from '../output.ts';
import { type ReconcileOptions, withReconciler } from '../reconcile.ts';
import { showActions } from '../render/plan.ts';

type Options = ReconcileOptions & { since?: string; resource?: string };
type Kind = Static<(typeof reconcilerContract)['actions']['kinds']['result']>['kinds'][number];

const columns: Column<Kind>[] = [
  { head: 'ACTION', value: (k) => k.type },
  { head: 'COST', value: (k) => k.cost },
  { head: 'FOR', value: (k) => k.resources.join(', ') || 'any' },
  { head: 'STEPS', value: (k) => k.steps.join(', ') },
  { head: 'ASKED FOR BY', value: (k) => (k.proposable ? 'policies' : 'undo alone') },
  { head: 'WHAT', value: (k) => k.title },
];

export function actionsCommand(program: Command): void {
  const actions = program
    .command('actions')
    .summary('the action ledger: each changing call, its intent and its outcome')
    .description('Each call is written here before it is made, and its outcome after, with who caused it.')
    .option('--since <instant>', 'from: an instant, or 7d for a week ago')
    .option('--resource <part>', 'of resources whose id holds this')
    .addHelpText('after', '\nExamples:\n  elava actions --since 24h\n  elava actions kinds')
    .action(async (_, command: Command) => {
      const { since, resource, limit, ...options } = command.optsWithGlobals<Options>();
      await withReconciler(options, async ({ reconciler }) => {
        const question = {
          ...(since !== undefined && { since: parseInstant(since, Date.now()) }),
          ...(resource !== undefined && { resource }),
          ...(limit !== undefined && { limit }),
        };
        await showActions((await reconciler.actions(question)).actions, options.output);
      });
    });
  actions
    .command('kinds')
    .summary('what can be done at all, what it costs, and what undoes it')
    .description('The kinds of actions with the resources that they are for, their steps and their inverse.')
    .addHelpText('after', `\nExamples:\n  elava actions kinds`)
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      await withReconciler(options, async ({ reconciler }) => {
        await writeRows(options.output, columns, onePage((await reconciler.kinds({})).kinds));
      });
    });
}
