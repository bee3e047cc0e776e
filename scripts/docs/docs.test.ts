import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { anchorOf, htmlOf, inline } from './markdown.ts';
import { addressOf, pageHtml, readPages, titleOf } from './site.ts';

const pages = readPages();
/** Those of README, ARCHITECTURE and CONTRIBUTING too. */
const documents = [
  ...pages.map(({ path, text }) => ({ file: join('docs', path), text })),
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'].map((file) => ({ file, text: readFileSync(file, 'utf8') })),
];
const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
const anchors = (text: string): string[] =>
  [...withoutFences(text).matchAll(/^#{1,4} (.+)$/gm)].map(([, words = '']) => anchorOf(words));
const withoutFences = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '');

describe('the documents', () => {
  test('link to files and headings that are there', () => {
    const broken = documents.flatMap(({ file, text }) =>
      [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^(https?:|mailto:)/.test(target))
        .filter((target) => {
          const [path = '', anchor] = target.split('#');
          const linked = path === '' ? file : normalize(join(dirname(file), path));
          if (!existsSync(linked)) return true;
          return (
            anchor !== undefined && linked.endsWith('.md') && !anchors(readFileSync(linked, 'utf8')).includes(anchor)
          );
        })
        .map((target) => `${file}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test('become pages, each with a title, in the navigation', () => {
    for (const page of pages) {
      const html = pageHtml(page, pages);
      expect([page.path, titleOf(page)]).not.toContain('');
      expect(html).toContain(`aria-current="page"`);
      expect(html).not.toMatch(/href="[^":]*\.md["#]/);
    }
    expect(addressOf('README.md')).toBe('index.html');
  });
});

describe('Markdown', () => {
  test.each([
    ['# A *b* `c<d`', '<h1 id="a-b-cd">A <em>b</em> <code>c&lt;d</code></h1>'],
    ['a\nb', '<p>a b</p>'],
    ['```sh x\n<a> **b**\n```', '<pre class="sh"><code>&lt;a&gt; **b**</code></pre>'],
    ['- a\n  b\n- c', '<ul><li>a b</li><li>c</li></ul>'],
    ['1. a\n2. b', '<ol><li>a</li><li>b</li></ol>'],
    [
      '| a | b |\n|---|---|\n| `x \\| y` | z |',
      '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td><code>x | y</code></td><td>z</td></tr></tbody></table>',
    ],
    ['<!-- x -->', ''],
  ])('%j', (markdown, html) => {
    expect(htmlOf(markdown)).toBe(html);
  });

  test.each([
    ['[a](b.md#c)', '<a href="b.html#c">a</a>'],
    ['![a](b.png)', '<img src="b.png" alt="a">'],
    ['<http://x.example/y>', '<a href="http://x.example/y">http://x.example/y</a>'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['<script>', '&lt;script&gt;'],
  ])('%j', (markdown, html) => {
    expect(inline(markdown)).toBe(html);
  });
});
