import type { Command } from 'commander';
import { loadConfig } from '../../../lib/config/load.ts';
import { type Column, note, type Output, onePage, writeRows } from '../output.ts';
import { flagsOf, type GlobalOptions } from '../session.ts';

interface Setting {
  readonly setting: string;
  readonly value: unknown;
  readonly from: string;
}

const columns: Column<Setting>[] = [
  { head: 'SETTING', value: (s) => s.setting },
  { head: 'VALUE', value: (s) => (typeof s.value === 'string' ? s.value : JSON.stringify(s.value)) },
  { head: 'FROM', value: (s) => s.from },
];

export function configCommand(program: Command): Command {
  return program
    .command('config')
    .summary('the settings in force, and where each comes from')
    .description(
      'Shows every setting with its value and origin: flag, environment, file:line, or default. Secrets are masked.',
    )
    .addHelpText('after', `\nExamples:\n  elava config\n  ELAVA_GATEWAY_PORT=9000 elava config --output json`)
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { output: Output }>();
      const { config, origins, warnings } = loadConfig(flagsOf(options));
      for (const warning of warnings) note(warning);
      const rows = [...origins].map(([setting, { from, where }]) => ({
        setting,
        value: shown(setting, valueAt(config, setting)),
        from: where || from,
      }));
      await writeRows(options.output, columns, onePage(rows));
    });
}

function valueAt(config: object, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], config);
}

function shown(setting: string, value: unknown): unknown {
  return setting.endsWith('password') && value !== '' ? '[masked]' : value;
}
