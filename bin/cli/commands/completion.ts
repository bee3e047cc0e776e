import { Argument, type Command } from 'commander';
import { completionFor, type Shell, shells } from '../completion/shells.ts';
import { treeOf } from '../completion/tree.ts';
import { write } from '../output.ts';

export function completionCommand(program: Command): Command {
  return program
    .command('completion')
    .summary('completion of verbs and options for your shell')
    .description('Writes the completion for a shell; source it from the file that your shell reads at its start.')
    .addArgument(new Argument('<shell>', 'your shell, or tree: the verbs as JSON').choices([...shells, 'tree']))
    .addHelpText(
      'after',
      `
Examples:
  source <(elava completion bash)       in ~/.bashrc
  source <(elava completion zsh)        in ~/.zshrc, after compinit
  elava completion fish | source        in ~/.config/fish/config.fish`,
    )
    .action(async (shell: Shell | 'tree') => {
      const tree = treeOf(program);
      await write(shell === 'tree' ? `${JSON.stringify(tree, null, 2)}\n` : completionFor(shell, tree));
    });
}
