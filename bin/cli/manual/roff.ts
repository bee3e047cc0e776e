/** A page of the manual as man(7) reads it. Pure. https://man7.org/linux/man-pages/man7/man.7.html */
import { type Page, pageName, type Section } from './page.ts';

export function roffOf({ name, summary, sections, see }: Page, version: string): string {
  const also = see.map((path) => `\\fB${escaped(pageName(path))}\\fR(1)`).join(', ');
  const lines = [
    `.TH ${quoted(name.toUpperCase())} 1 "" ${quoted(`elava ${version}`)} "Elava"`,
    // Nothing is hyphenated and no line is filled up to the edge: names of settings must stay as they are.
    '.nh',
    '.ad l',
    '.SH NAME',
    `${escaped(name)} \\- ${escaped(summary)}`,
    ...sections.map(sectionRoff),
    ...(also === '' ? [] : ['.SH "SEE ALSO"', also]),
  ];
  return `${lines.join('\n')}\n`;
}

function sectionRoff({ title, text, entries = [], lines = [] }: Section): string {
  return [
    `.SH ${quoted(title.toUpperCase())}`,
    ...(text === undefined ? [] : [escaped(text)]),
    ...entries.flatMap(([name, meaning]) => ['.TP', `\\fB${escaped(name)}\\fR`, escaped(meaning)]),
    ...(lines.length === 0 ? [] : ['.nf', ...lines.map(escaped), '.fi']),
  ].join('\n');
}

const quoted = (text: string): string => `"${escaped(text).replaceAll('"', '\\(dq')}"`;
const unicode = (sign: string): string => (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');

/** A hyphen is one that can be copied, a dot or an apostrophe at the beginning is no request, and troff reads ASCII. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/, '\\&')
    .replace(/[^\t\n -~]/gu, (sign) => `\\[u${unicode(sign)}]`);
}
