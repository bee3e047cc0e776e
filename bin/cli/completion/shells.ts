/** Completion for the three shells, each from the same tree. Nothing of Elava runs when a key is pressed. Pure. */
import { allVerbs, type TreeOption, type TreeVerb } from './tree.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** `root` is the tree of `elava`; its options go with every verb. */
export function completionFor(shell: Shell, root: TreeVerb): string {
  return { bash, zsh, fish }[shell](withPages(root));
}

/** `elava help` is followed by the words of any verb. */
function withPages(root: TreeVerb): TreeVerb {
  const page = (verb: TreeVerb, above: string): TreeVerb => {
    const path = `${above} ${nameOf(verb)}`;
    return { ...verb, path, options: [], verbs: verb.verbs.map((one) => page(one, path)) };
  };
  const verbs = root.verbs.map((verb) =>
    nameOf(verb) === 'help' ? { ...verb, verbs: root.verbs.map((one) => page(one, verb.path)) } : verb,
  );
  return { ...root, verbs };
}

const nameOf = ({ path }: TreeVerb): string => path.split(' ').at(-1) ?? path;
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const flagsOf = (options: readonly TreeOption[]): string[] => options.flatMap(({ flags }) => flags);
const optionsOf = (verb: TreeVerb, root: TreeVerb): readonly TreeOption[] =>
  verb === root ? root.options : [...verb.options, ...root.options.filter(({ flags }) => !own.has(flags[0] ?? ''))];
/** Options that the parser gives to every verb, or to the root alone. */
const own = new Set(['--help', '--version']);

/** Which verb the words before the cursor lead to, as shell code that sets `at`. */
function walk(root: TreeVerb, words: string): string {
  const cases = allVerbs(root)
    .filter((verb) => verb !== root)
    .map(({ path }) => `      ${quoted(path)}) at=${quoted(path)} ;;`);
  return `  local at=${quoted(root.path)} word
  for word in ${words}; do
    case "$at $word" in
${cases.join('\n')}
    esac
  done`;
}

function choiceCases(root: TreeVerb, reply: (words: string) => string): string {
  const cases = allVerbs(root).flatMap((verb) =>
    optionsOf(verb, root)
      .filter(({ choices }) => choices.length > 0)
      .flatMap(({ flags, choices }) =>
        flags.map((flag) => `    ${quoted(`${verb.path} ${flag}`)}) ${reply(choices.join(' '))}; return ;;`),
      ),
  );
  return cases.join('\n');
}

/** An option that takes a value of no known choice leaves it to the shell: mostly it is a file or a name. */
function valueCase(root: TreeVerb): string {
  const taking = new Set(
    allVerbs(root)
      .flatMap(({ options }) => options)
      .filter(({ takes, choices }) => takes && choices.length === 0)
      .flatMap(({ flags }) => flags),
  );
  return `    ${[...taking].map((flag) => `*' '${flag}`).join('|')}) return ;;`;
}

function bash(root: TreeVerb): string {
  const words = allVerbs(root).map(
    (verb) =>
      `    ${quoted(verb.path)}) words=${quoted([...verb.verbs.map(nameOf), ...flagsOf(optionsOf(verb, root))].join(' '))} ;;`,
  );
  return `# bash completion of elava. Put this into ~/.bashrc:  source <(elava completion bash)
_elava() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" words=
${walk(root, '"${COMP_WORDS[@]:1:COMP_CWORD-1}"')}
  COMPREPLY=()
  case "$at $prev" in
${choiceCases(root, (choices) => `COMPREPLY=($(compgen -W ${quoted(choices)} -- "$cur"))`)}
${valueCase(root)}
  esac
  case "$at" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _elava elava
`;
}

function zsh(root: TreeVerb): string {
  const entry = (word: string, text: string): string => quoted(`${word.replaceAll(':', '\\:')}:${text}`);
  const cases = allVerbs(root).map((verb) => {
    const verbs = verb.verbs.map((one) => entry(nameOf(one), one.summary));
    const options = optionsOf(verb, root).map(({ flags, text }) => entry(flags[0] ?? '', text));
    return `    ${quoted(verb.path)})
      verbs=(${verbs.join(' ')})
      options=(${options.join(' ')}) ;;`;
  });
  return `#compdef elava
# zsh completion of elava. Put this into ~/.zshrc, after compinit:  source <(elava completion zsh)
_elava() {
  local cur="\${words[CURRENT]}" prev="\${words[CURRENT-1]}"
  local -a verbs options
${walk(root, '"${(@)words[2,CURRENT-1]}"')}
  case "$at $prev" in
${choiceCases(root, (choices) => `compadd -- ${choices}`)}
${valueCase(root).replace('return', '_files; return')}
  esac
  case "$at" in
${cases.join('\n')}
  esac
  if [[ "$cur" == -* ]] || (( \${#verbs} == 0 )); then
    _describe option options
    [[ "$cur" == -* ]] || _files
  else
    _describe verb verbs
  fi
}
compdef _elava elava
`;
}

function fish(root: TreeVerb): string {
  const cases = allVerbs(root)
    .filter((verb) => verb !== root)
    .map(({ path }) => `            case ${quoted(path)}\n                set at ${quoted(path)}`);
  const at = (path: string): string => `-n ${quoted(`test (__elava_at) = "${path}"`)}`;
  const verbs = allVerbs(root).flatMap((verb) =>
    verb.verbs.map((one) => `complete -c elava -f ${at(verb.path)} -a ${nameOf(one)} -d ${quoted(one.summary)}`),
  );
  const options = allVerbs(root).flatMap((verb) =>
    verb.options.map((option) => `complete -c elava ${verb === root ? '' : `${at(verb.path)} `}${fishOption(option)}`),
  );
  return `# fish completion of elava. Put this into ~/.config/fish/config.fish:  elava completion fish | source
function __elava_at
    set -l at ${quoted(root.path)}
    for word in (commandline -opc)[2..-1]
        switch "$at $word"
${cases.join('\n')}
        end
    end
    echo $at
end
${verbs.join('\n')}
${options.join('\n')}
`;
}

function fishOption({ flags, text, takes, choices }: TreeOption): string {
  const [long = '', short] = flags;
  const parts = [
    `-l ${long.replace(/^--/, '')}`,
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    ...(takes ? ['-r'] : []),
    ...(choices.length > 0 ? [`-f -a ${quoted(choices.join(' '))}`] : []),
    `-d ${quoted(text)}`,
  ];
  return parts.join(' ');
}
