/** A page of the manual for a terminal. Pure. */
import type { Entry, Page, Section } from './page.ts';

const INDENT = '    ';
const WIDEST = 100;

/** `width` is that of the terminal in columns; `bold` marks words, as they are where nothing can be marked. */
export function textOf({ name, summary, sections, see }: Page, width: number, bold: (text: string) => string): string {
  const most = Math.min(WIDEST, Math.max(60, width));
  const head = `${bold('NAME')}\n${wrapped(`${name} - ${summary}`, most, INDENT)}`;
  const also = see.length === 0 ? [] : [{ title: 'See also', text: see.map(asked).join(', ') }];
  return `${[head, ...[...sections, ...also].map((section) => sectionText(section, most, bold))].join('\n\n')}\n`;
}

/** As it is typed: `elava help policy test`. */
const asked = (path: string): string => path.replace(/^elava/, 'elava help');

function sectionText({ title, text, entries = [], lines = [] }: Section, most: number, bold: (text: string) => string) {
  const parts = [
    ...(text === undefined ? [] : [wrapped(text, most, INDENT)]),
    ...entries.map((entry) => entryText(entry, most, bold)),
    ...lines.map((line) => (line === '' ? '' : INDENT + line)),
  ];
  return `${bold(title.toUpperCase())}\n${parts.join('\n')}`;
}

const NAMES = 24;

/** The meaning stands beside a short name, and below a long one. */
function entryText([name, text]: Entry, most: number, bold: (text: string) => string): string {
  const indent = INDENT + ' '.repeat(NAMES);
  const below = wrapped(text, most, indent);
  if (name.length > NAMES - 2) return `${INDENT}${bold(name)}\n${below}`;
  return `${INDENT}${bold(name)}${' '.repeat(NAMES - name.length)}${below.trimStart()}`;
}

/** Lines of at most `most` columns, each with the indent; a longer word stands alone. */
export function wrapped(text: string, most: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > most) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => indent + one).join('\n');
}
