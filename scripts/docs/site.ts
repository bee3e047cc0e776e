/** `npm run docs [-- directory]`: the documents as a small site of plain pages, for any web server, or for none. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { escaped, htmlOf } from './markdown.ts';

/** As the reader of docs/README.md meets them; those that are not named here follow. */
const first = [
  'README.md',
  'tutorial.md',
  'dashboard.md',
  'accounts.md',
  'policies.md',
  'time-machine.md',
  'attribution.md',
];

export interface DocPage {
  /** Under docs/, such as `adr/0001-x.md`. */
  readonly path: string;
  readonly text: string;
}

export function readPages(): DocPage[] {
  const names = readdirSync('docs', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  const rank = (name: string): number => (first.includes(name) ? first.indexOf(name) : first.length);
  return names
    .toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((path) => ({ path, text: readFileSync(join('docs', path), 'utf8') }));
}

export const titleOf = ({ path, text }: DocPage): string => /^# (.+)$/m.exec(text)?.[1] ?? basename(path, '.md');
export const addressOf = (path: string): string => path.replace(/README\.md$/, 'index.md').replace(/\.md$/, '.html');

export function pageHtml(page: DocPage, pages: readonly DocPage[]): string {
  const up = page.path.includes('/') ? '../' : '';
  const links = pages
    .filter(({ path }) => !path.includes('/') || page.path.includes('/'))
    .map(
      (one) =>
        `<li><a href="${up}${addressOf(one.path)}"${one === page ? ' aria-current="page"' : ''}>${escaped(titleOf(one))}</a></li>`,
    );
  const title = escaped(titleOf(page));
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} · Elava</title>
<link rel="stylesheet" href="${up}site.css"></head>
<body><nav aria-label="Documents"><strong>Elava</strong><ul>${links.join('')}</ul></nav>
<main>${within(htmlOf(page.text), up)}</main></body>
</html>
`;
}

/** Links to what is not on the site (sources, other documents of the repository) become plain words. */
function within(html: string, up: string): string {
  const out = `<a href="${up}../`;
  return html
    .replaceAll(/<a href="[^"]*">[\s\S]*?<\/a>/g, (link) =>
      link.startsWith(out) ? link.replaceAll(/<\/?a[^>]*>/g, '') : link,
    )
    .replaceAll(/(href="[^":]*)README\.html/g, '$1index.html');
}

if (import.meta.main) {
  const [out = 'docs-site'] = process.argv.slice(2);
  const pages = readPages();
  for (const page of pages) {
    const file = join(out, addressOf(page.path));
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, pageHtml(page, pages));
  }
  cpSync('docs/images', join(out, 'images'), { recursive: true });
  for (const name of readdirSync('docs'))
    if (/\.(svg|json|yaml)$/.test(name)) cpSync(join('docs', name), join(out, name));
  cpSync(new URL('site.css', import.meta.url), join(out, 'site.css'));
  console.error(`${pages.length} pages in ${out}: open ${join(out, 'index.html')}`);
}
