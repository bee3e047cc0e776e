/** Options of a run on the command line. `--help` tells them; a wrong one ends the process with 2 before the run begins. */
import { Argument, Command, InvalidArgumentError, Option } from 'commander';

interface Wanted<T> {
  readonly fallback: string;
  readonly means: string;
  /** Throws InvalidArgumentError for what it cannot be. */
  readonly read: (text: string) => T;
}

/** A number of at least `least`. */
export function number(fallback: number, means: string, least = 0): Wanted<number> {
  const read = (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!(value >= least && value < Number.POSITIVE_INFINITY))
      throw new InvalidArgumentError(`It must be a number from ${least}.`);
    return value;
  };
  return { fallback: String(fallback), means, read };
}

function listed(text: string): string[] {
  return text.split(',').filter((word) => word !== '');
}

interface Choice<T extends string> {
  readonly known: readonly T[];
  /** What the word `all` stands for; all that are known when absent. */
  readonly all?: readonly T[];
}

/** One or more of the words that are known, separated by commas, or `all`. */
export function among<T extends string>(
  { known, all = known }: Choice<T>,
  fallback: string,
  means: string,
): Wanted<readonly T[]> {
  const one = (word: string): T => {
    const found = known.find((name) => name === word);
    if (found === undefined) throw new InvalidArgumentError(`There is no ${word}; there are all, ${known.join(', ')}.`);
    return found;
  };
  const read = (text: string): readonly T[] => {
    if (text === 'all') return all;
    const chosen = listed(text).map(one);
    if (chosen.length === 0) throw new InvalidArgumentError('It must name one at least, or all.');
    return chosen;
  };
  return { fallback, means, read };
}

/** Numbers of at least 1, separated by commas; the empty text is none. */
export function numbers(fallback: string, means: string): Wanted<number[]> {
  const { read } = number(1, means, 1);
  return { fallback, means, read: (text) => listed(text).map(read) };
}

export function text(fallback: string, means: string): Wanted<string> {
  return { fallback, means, read: (given) => given };
}

interface Run {
  /** As it is typed: `npm run chaos --`. */
  readonly command: string;
  readonly about: string;
  /** What may stand before the options, which is the name of the run. */
  readonly name?: string;
  /** Flags, with what each means. */
  readonly flags?: Readonly<Record<string, string>>;
}

type Read<W extends Readonly<Record<string, Wanted<unknown>>>> = { readonly [K in keyof W]: ReturnType<W[K]['read']> };

/** The options' values, and of the flags those that were given. */
export function options<W extends Readonly<Record<string, Wanted<unknown>>>>(
  { command, about, name, flags = {} }: Run,
  wanted: W,
): Read<W> & { readonly flags: ReadonlySet<string> } {
  const program = new Command(command).description(about).allowExcessArguments(false);
  program.showHelpAfterError('(add --help for the options)').exitOverride(({ exitCode }) => {
    process.exit(exitCode === 0 ? 0 : 2);
  });
  if (name !== undefined) program.addArgument(new Argument('[run]', 'which run').choices([name]).default(name));
  for (const [key, { fallback, means, read }] of Object.entries(wanted)) {
    program.addOption(new Option(`--${key} <${key}>`, means).argParser(read).default(read(fallback), fallback));
  }
  for (const [key, means] of Object.entries(flags)) program.option(`--${key}`, means);
  const given = program.parse().opts();
  return { ...(given as Read<W>), flags: new Set(Object.keys(flags).filter((key) => given[key] === true)) };
}
