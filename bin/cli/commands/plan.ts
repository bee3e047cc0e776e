import type { Command } from 'commander';
import { elavaError } from '../../../lib/errors.ts';
import { type FilterOptions, filterOf, list, withFilter } from '../filter.ts';
import { note } from '../output.ts';
import { type ReconcileOptions, withReconciler } from '../reconcile.ts';
import { showItem, showPlan, showPlans } from '../render/plan.ts';

type Options = ReconcileOptions & FilterOptions & { action?: string[]; policy?: string[]; tell?: boolean };

export function planCommand(program: Command): void {
  const plan = withFilter(program.command('plan'))
    .summary('what policies ask to be done, as a signed plan; nothing is done')
    .description(
      'Makes a plan of the actions that policies ask for: what, why, what would break, who must agree, what holds it.',
    )
    .option('--action <types>', 'only these actions: tag, stop, …', list)
    .option('--policy <packages>', 'only of these policies', list)
    .option('--by <name>', "who proposes it and so cannot approve it (default: the system's user)")
    .option('--tell', 'tell the owners now, not at the end of their window')
    .addHelpText(
      'after',
      `
Examples:
  elava plan --policy tagging --limit 10
  elava plan list
  elava plan show p-1a2b3c4d
  elava plan show p-1a2b3c4d-2          one item, with all that an approver asks`,
    )
    .action((_, command: Command) => makePlan(command.optsWithGlobals<Options>()));
  plan
    .command('list')
    .summary('the latest plans and where their items stand')
    .description('Newest first, with how many of their items wait, are approved, held, done or over.')
    .addHelpText('after', `\nExamples:\n  elava plan list\n  elava plan list --limit 3 --output json`)
    .action((_, command: Command) => listPlans(command.optsWithGlobals<Options>()));
  plan
    .command('show')
    .argument('<id>', 'a plan, such as p-1a2b3c4d, or one of its items')
    .summary('a plan, or one of its items')
    .description(
      'Of an item it shows all that an approver asks: why, the evidence, what would break, who must agree, what holds it.',
    )
    .addHelpText('after', `\nExamples:\n  elava plan show p-1a2b3c4d\n  elava plan show p-1a2b3c4d-2`)
    .action((id: string, _, command: Command) => show(id, command.optsWithGlobals<Options>()));
}

async function makePlan(options: Options): Promise<void> {
  await withReconciler(options, async ({ reconciler, by, tell }) => {
    const plan = await reconciler.plan({
      by,
      filter: filterOf(options),
      ...(options.action && { actions: options.action }),
      ...(options.policy && { policies: options.policy }),
      ...(options.limit !== undefined && { limit: options.limit }),
    });
    await showPlan(plan, options.output);
    const held = plan.items.filter((item) => item.held !== '').length;
    note(`${plan.id}: ${plan.items.length} items, ${held} of them held. It can be begun until ${plan.expires_at}.`);
    if (plan.items.length > held) note(`Next: elava apply ${plan.id} --dry-run`);
    if (options.tell) note(`${await tell()} messages sent.`);
  });
}

async function listPlans({ limit, output, ...options }: Options): Promise<void> {
  await withReconciler({ ...options, output }, async ({ reconciler }) => {
    const { plans } = await reconciler.plans({ limit: Math.min(limit ?? 20, 200) });
    await showPlans(plans, output);
  });
}

async function show(id: string, options: Options): Promise<void> {
  await withReconciler(options, async ({ reconciler }) => {
    const whole = /^p-[0-9a-f]+$/.test(id);
    const { plans } = await reconciler.plans({ id: whole ? id : id.replace(/-\d+$/, '') });
    const [plan] = plans;
    if (!plan) throw elavaError('NOT_FOUND', `there is no plan ${id}`);
    if (whole) return showPlan(plan, options.output);
    const item = plan.items.find((one) => one.id === id);
    if (!item) throw elavaError('NOT_FOUND', `there is no item ${id}`);
    await showItem(item, options.output);
  });
}
