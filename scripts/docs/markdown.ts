/** The Markdown that these documents use, as HTML: headings, lists, tables, code, quotes, links, pictures. Pure. */

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? sign);

/** As GitHub makes them, so that links to a heading hold in both places. */
export function anchorOf(heading: string): string {
  const words = heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '');
  return words.trim().replaceAll(' ', '-');
}

const pageLink = (target: string): string => target.replace(/\.md(#|$)/, '.html$1');

/** One line's own marks. Code first: nothing in it means anything. */
export function inline(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) =>
      part.startsWith('`') && part.length > 1 ? `<code>${escaped(part.slice(1, -1))}</code>` : marks(part),
    )
    .join('');
}

function marks(text: string): string {
  return escaped(text)
    .replaceAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g, '<img src="$2" alt="$1">')
    .replaceAll(
      /\[([^\]]+)\]\(([^)\s]+)\)/g,
      (_, words: string, target: string) => `<a href="${pageLink(target)}">${words}</a>`,
    )
    .replaceAll(/&lt;(https?:\/\/[^\s&]+)&gt;/g, '<a href="$1">$1</a>')
    .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replaceAll(/(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])/g, '<em>$1</em>');
}

interface Block {
  readonly html: string;
  /** Lines that it took. */
  readonly lines: number;
}
type Reader = (lines: readonly string[]) => Block | undefined;

export function htmlOf(markdown: string): string {
  const lines = markdown.split('\n');
  const out: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const rest = lines.slice(at);
    const block = readers.map((read) => read(rest)).find((one) => one !== undefined);
    if (block) out.push(block.html);
    at += block?.lines ?? 1;
  }
  return out.join('\n');
}

/** How many lines from the first on fit. */
const run = (lines: readonly string[], fits: (line: string) => boolean): number => {
  const end = lines.findIndex((line) => !fits(line));
  return end < 0 ? lines.length : end;
};

const comment: Reader = ([first = '']) => (/^<!--.*-->$/.test(first) ? { html: '', lines: 1 } : undefined);

const fence: Reader = (lines) => {
  const [, kind = ''] = /^```(.*)$/.exec(lines[0] ?? '') ?? [];
  if (!lines[0]?.startsWith('```')) return undefined;
  const length = run(lines.slice(1), (line) => !line.startsWith('```'));
  const code = escaped(lines.slice(1, length + 1).join('\n'));
  return { html: `<pre class="${escaped(kind.split(' ')[0] ?? '')}"><code>${code}</code></pre>`, lines: length + 2 };
};

const heading: Reader = ([first = '']) => {
  const [, marks = '', words = ''] = /^(#{1,4}) (.*)$/.exec(first) ?? [];
  if (marks === '') return undefined;
  const level = marks.length;
  return { html: `<h${level} id="${anchorOf(words)}">${inline(words)}</h${level}>`, lines: 1 };
};

/** A bar that is written `\|` stays in its cell. */
const cells = (line: string): string[] =>
  line
    .replace(/^\s*\|/, '')
    .replace(/\|\s*$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => inline(cell.trim().replaceAll('\\|', '|')));

const table: Reader = (lines) => {
  if (!/^\s*\|/.test(lines[0] ?? '') || !/^\s*\|[\s|:-]+$/.test(lines[1] ?? '')) return undefined;
  const length = run(lines, (line) => /^\s*\|/.test(line));
  const row = (line: string, tag: string): string =>
    `<tr>${cells(line)
      .map((cell) => `<${tag}>${cell}</${tag}>`)
      .join('')}</tr>`;
  const body = lines.slice(2, length).map((line) => row(line, 'td'));
  return {
    html: `<table><thead>${row(lines[0] ?? '', 'th')}</thead><tbody>${body.join('')}</tbody></table>`,
    lines: length,
  };
};

/** One level; what is indented goes on with the item above. */
const list: Reader = (lines) => {
  const [, mark = ''] = /^([-*]|\d+\.) /.exec(lines[0] ?? '') ?? [];
  if (mark === '') return undefined;
  const length = run(lines, (line) => /^(([-*]|\d+\.) |\s+\S)/.test(line));
  const items = lines
    .slice(0, length)
    .join('\n')
    .split(/\n(?=(?:[-*]|\d+\.) )/)
    .map((item) => `<li>${inline(item.replace(/^([-*]|\d+\.) /, '').replaceAll(/\s*\n\s*/g, ' '))}</li>`);
  const tag = /\d/.test(mark) ? 'ol' : 'ul';
  return { html: `<${tag}>${items.join('')}</${tag}>`, lines: length };
};

const paragraph: Reader = (lines) => {
  const length = run(lines, (line) => line.trim() !== '' && !/^(#{1,4} |```|\s*\||([-*]|\d+\.) )/.test(line));
  return length === 0 ? undefined : { html: `<p>${inline(lines.slice(0, length).join(' '))}</p>`, lines: length };
};

const readers: readonly Reader[] = [comment, fence, heading, table, list, paragraph];
