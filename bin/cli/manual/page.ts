/** A verb's page of the manual, in the order that man(7) asks for; how it is written down is left to text and roff. Pure. */
import type { TreeOption, TreeVerb } from '../completion/tree.ts';
import { type Related, related } from './related.ts';

/** A name with what it means. */
export type Entry = readonly [name: string, text: string];
export interface Section {
  readonly title: string;
  readonly text?: string;
  readonly entries?: readonly Entry[];
  /** Lines that stand as they are. */
  readonly lines?: readonly string[];
}
export interface Page {
  /** `elava-policy-test` */
  readonly name: string;
  readonly summary: string;
  readonly sections: readonly Section[];
  /** Paths of verbs to go on with. */
  readonly see: readonly string[];
}

const ends: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'it failed; stderr says why and what to do',
  2: 'the command line or the configuration is wrong',
  130: 'interrupted',
};
const files: readonly Entry[] = [
  ['./elava.yaml', 'the configuration, when it is there; --config names another'],
  ['./.elava', 'the embedded store (storage.path); --data names another'],
];
const environment: readonly Entry[] = [
  ['ELAVA_<SETTING>', 'any setting by its path, as ELAVA_STORAGE_PATH; a flag goes before it, and it before the file'],
  ['ELAVA_CLIENT_TOKEN', 'the key or token that goes with --server'],
  ['NO_COLOR', 'no colours; there are none either where stdout is no terminal'],
];

export const pageName = (path: string): string => path.replaceAll(' ', '-');

/** `root` is the tree of `elava`. */
export function pageOf(verb: TreeVerb, root: TreeVerb): Page {
  const more: Related = related[verb.path.split(' ').slice(1).join(' ')] ?? { see: [] };
  const own = verb === root ? [] : optionEntries(verb.options.filter(({ flags }) => !flags.includes('--help')));
  const sections: readonly Section[] = [
    { title: 'Synopsis', lines: [verb.usage] },
    { title: 'Description', text: verb.description || verb.summary },
    { title: 'Notes', text: verb.notes },
    { title: 'Verbs', entries: verb.verbs.map(({ path, summary }) => [path, summary]) },
    { title: 'Arguments', entries: verb.arguments.map(({ usage, text }) => [usage, text]) },
    { title: 'Options', entries: own },
    { title: 'Options of every verb', entries: optionEntries(root.options) },
    { title: 'Examples', lines: verb.examples === '' ? [] : verb.examples.split('\n') },
    { title: 'Exit status', entries: Object.entries({ ...ends, ...more.ends }) },
    { title: 'Files', entries: [...files, ...(more.files ?? [])] },
    { title: 'Environment', entries: [...environment, ...(more.environment ?? [])] },
  ];
  return {
    name: pageName(verb.path),
    summary: verb.summary,
    sections: sections.filter(
      ({ text = '', entries = [], lines = [] }) => text !== '' || entries.length > 0 || lines.length > 0,
    ),
    see: more.see.map((path) => `elava ${path}`),
  };
}

function optionEntries(options: readonly TreeOption[]): Entry[] {
  return options.map(({ usage, text, choices, default: otherwise }) => [
    usage,
    [
      text,
      ...(choices.length > 0 ? [`one of ${choices.join(', ')}`] : []),
      ...(otherwise === '' ? [] : [`default: ${otherwise}`]),
    ].join('; '),
  ]);
}
