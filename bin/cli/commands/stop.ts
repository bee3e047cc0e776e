import type { Command } from 'commander';
import type { SwitchView } from '../../../services/reconciler/reconciler.contract.ts';
import { exit } from '../exit.ts';
import { type Column, note, onePage, writeRows } from '../output.ts';
import { type ReconcileOptions, withReconciler } from '../reconcile.ts';

type Options = ReconcileOptions & { policy?: string; reason?: string; resume?: boolean; status?: boolean };

const columns: Column<SwitchView>[] = [
  { head: 'OF', value: (s) => s.policy || 'all actions' },
  { head: 'STATE', value: (s) => (s.stopped ? 'stopped' : 'on') },
  { head: 'SINCE', value: (s) => s.at.slice(0, 19) },
  { head: 'BY', value: (s) => s.by },
  { head: 'REASON', value: (s) => s.reason },
];

export function stopCommand(program: Command, finish: (code: number) => void): void {
  program
    .command('stop')
    .summary('stop all actions before their next call, or let them go on')
    .description('What is being called now ends; nothing else is begun, by any process, until somebody resumes.')
    .option('--policy <package>', 'only the actions of this policy')
    .option('--reason <text>', 'why, for whoever finds it stopped')
    .option('--resume', 'let them go on')
    .option('--status', 'say what is stopped; exit code 5 when all is')
    .option('--by <name>', "who (default: the system's user)")
    .addHelpText(
      'after',
      "\nExamples:\n  elava stop --reason 'tags look wrong'\n  elava stop --status\n  elava stop --resume",
    )
    .action(async (_, command: Command) => {
      const { policy, reason = '', resume, status, ...options } = command.optsWithGlobals<Options>();
      await withReconciler(options, async ({ reconciler, by }) => {
        if (!status) {
          const moved = await reconciler.stop({ by, reason, ...(policy && { policy }), ...(resume && { resume }) });
          note(`${moved.policy || 'All actions'}: ${moved.stopped ? 'stopped' : 'on'}.`);
        }
        const { switches } = await reconciler.switches({});
        await writeRows(options.output, columns, onePage(switches));
        if (status && switches.some((one) => one.policy === '' && one.stopped)) finish(exit.refused);
      });
    });
}
