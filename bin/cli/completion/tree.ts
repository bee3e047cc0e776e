/** The verbs with their options, as the parser knows them: completion and the reference are made from it. */
import type { Command, Option } from 'commander';

export interface TreeOption {
  /** `--output`, and `-o` where there is one. */
  readonly flags: readonly string[];
  readonly text: string;
  readonly takes: boolean;
  readonly choices: readonly string[];
  /** As the help writes it: `-o, --output <form>`. */
  readonly usage: string;
}
export interface TreeVerb {
  /** `elava policy test` */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly usage: string;
  /** What its help shows as examples, "" when it has none. */
  readonly examples: string;
  readonly options: readonly TreeOption[];
  readonly verbs: readonly TreeVerb[];
}

export function treeOf(command: Command, above = ''): TreeVerb {
  const path = above === '' ? command.name() : `${above} ${command.name()}`;
  const help = command.createHelp();
  return {
    path,
    summary: command.summary() || command.description(),
    description: command.description(),
    usage: `${path} ${command.usage()}`,
    examples: examplesOf(command),
    options: help.visibleOptions(command).map(optionOf),
    verbs: help
      .visibleCommands(command)
      .filter((one) => one.name() !== 'help')
      .map((one) => treeOf(one, path)),
  };
}

/** Added help text is only to be had by asking for the help. */
function examplesOf(command: Command): string {
  let text = '';
  const held = command.configureOutput();
  command.configureOutput({ writeOut: (part) => void (text += part) });
  command.outputHelp();
  command.configureOutput(held);
  const [, examples = ''] = /\nExamples:\n([\s\S]*)$/.exec(text) ?? [];
  return examples
    .split('\n')
    .map((line) => line.replace(/^ {2}/, ''))
    .join('\n')
    .trim();
}

function optionOf(option: Option): TreeOption {
  return {
    flags: [option.long, option.short].filter((flag): flag is string => flag !== undefined && flag !== null),
    text: option.description,
    takes: option.required || option.optional,
    choices: option.argChoices ?? [],
    usage: option.flags,
  };
}

/** The verb itself and all below it. */
export function allVerbs(verb: TreeVerb): TreeVerb[] {
  return [verb, ...verb.verbs.flatMap(allVerbs)];
}
