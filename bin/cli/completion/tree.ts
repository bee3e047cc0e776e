/** The verbs with their options, as the parser knows them: completion and the reference are made from it. */
import type { EventEmitter } from 'node:events';
import type { Argument, Command, Option } from 'commander';

export interface TreeOption {
  /** `--output`, and `-o` where there is one. */
  readonly flags: readonly string[];
  readonly text: string;
  readonly takes: boolean;
  readonly choices: readonly string[];
  /** As the help writes it: `-o, --output <form>`. */
  readonly usage: string;
  /** What holds without it, "" where nothing does or the text says it. */
  readonly default: string;
}
export interface TreeArgument {
  /** `<id>`, `[file]`, `<words...>` */
  readonly usage: string;
  readonly text: string;
}
export interface TreeVerb {
  /** `elava policy test` */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly usage: string;
  /** What its help adds in words, "" when it adds nothing. */
  readonly notes: string;
  /** What its help shows as examples, "" when it has none. */
  readonly examples: string;
  readonly arguments: readonly TreeArgument[];
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
    ...addedTo(command),
    arguments: help.visibleArguments(command).map(argumentOf),
    options: help.visibleOptions(command).map(optionOf),
    verbs: help
      .visibleCommands(command)
      // The parser's own help knows less than ours, and has no summary.
      .filter((one) => one.name() !== 'help' || one.summary() !== '')
      .map((one) => treeOf(one, path)),
  };
}

interface Added {
  readonly notes: string;
  readonly examples: string;
}

/** What was added to the help: it is only to be had by asking for it. How a verb ends is told by the manual itself. */
function addedTo(command: Command): Added {
  let text = '';
  // Commander is an emitter, which its types do not say.
  (command as unknown as EventEmitter).emit('afterHelp', {
    error: false,
    command,
    write: (part: string) => void (text += part),
  });
  const [before = '', after = ''] = text.split('\nExamples:\n');
  const [examples = '', ...rest] = after.split('\n\n');
  const notes = [before, ...rest].map((part) => part.replace(/^Exit codes:[^]*/m, '').trim());
  return { notes: notes.filter(Boolean).join('\n\n'), examples: examples.replaceAll(/^ {2}/gm, '').trim() };
}

function optionOf(option: Option): TreeOption {
  return {
    flags: [option.long, option.short].filter((flag): flag is string => flag !== undefined && flag !== null),
    text: option.description,
    takes: option.required || option.optional,
    choices: option.argChoices ?? [],
    usage: option.flags,
    default: defaultOf(option),
  };
}

/** A flag that is off, and a default that the text tells in its own words, need no more. */
function defaultOf({ defaultValue, description }: Option): string {
  if (defaultValue === undefined || typeof defaultValue === 'boolean' || description.includes('(default')) return '';
  return Array.isArray(defaultValue) ? defaultValue.join(',') : String(defaultValue);
}

function argumentOf(argument: Argument): TreeArgument {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  const choices = argument.argChoices ? `: ${argument.argChoices.join(', ')}` : '';
  return { usage: argument.required ? `<${name}>` : `[${name}]`, text: `${argument.description}${choices}` };
}

/** The verb itself and all below it. */
export function allVerbs(verb: TreeVerb): TreeVerb[] {
  return [verb, ...verb.verbs.flatMap(allVerbs)];
}
