/**
 * The pictures of README and docs: `node test/browser/screenshots.ts http://127.0.0.1:8181` beside a running
 * `elava demo --serve --resources 1500 --days 6`. Inter and JetBrains Mono should be installed: the page asks for them.
 */
import { mkdirSync } from 'node:fs';
import { launch } from './browser.ts';

const [base = 'http://127.0.0.1:8181', out = 'docs/images'] = process.argv.slice(2);
const answer = await fetch(`${base}/api/changes?type=security_group&since=7d&limit=100`);
const { changes } = (await answer.json()) as { changes: { id: string; severity: string }[] };
const group = encodeURIComponent(changes.find(({ severity }) => severity === 'high')?.id ?? '');

const shots = {
  overview: '/',
  resource: `/resource?id=${group}`,
  references: `/resource?id=${group}&tab=relations`,
  time: `/time?from=${new Date(Date.now() - 4 * 86_400_000).toISOString()}`,
  findings: '/findings',
  decisions: '/decisions',
  policies: '/policies',
  scans: '/scans',
};

mkdirSync(out, { recursive: true });
const browser = await launch();
for (const [name, path] of Object.entries(shots)) {
  const colorScheme = name.endsWith('-dark') ? 'dark' : 'light';
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
  await page.goto(base + path);
  // Live pages are worth a picture when something has come in.
  await page.waitForTimeout(name === 'decisions' ? 12_000 : 2500);
  await page.screenshot({ path: `${out}/${name}.png` });
  await page.close();
}
await browser.close();
