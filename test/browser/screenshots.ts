/**
 * The pictures of README and docs: `node test/browser/screenshots.ts http://127.0.0.1:8181` beside a running
 * `elava demo --serve --resources 1500 --days 6`. With a directory and `all`, every page in light and dark, as they are
 * looked through after a change. Inter and JetBrains Mono should be installed: the page asks for them.
 */
import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { pagePaths } from '../../services/gateway/dashboard.ts';
import { launch } from './browser.ts';

const DAY_MS = 86_400_000;
const [base = 'http://127.0.0.1:8181', out = 'docs/images', every = ''] = process.argv.slice(2);

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly dark?: boolean;
  readonly full?: boolean;
  readonly width?: number;
}

/** The security group that was opened: its changes are of high severity. */
async function group(): Promise<string> {
  const answer = await fetch(`${base}/api/changes?type=security_group&since=7d&limit=100`);
  const { changes } = (await answer.json()) as { changes: { id: string; severity: string }[] };
  return encodeURIComponent(changes.find(({ severity }) => severity === 'high')?.id ?? '');
}

/** Something to decide, for the picture: a plan does nothing, and the demo's mode changes nothing. */
async function plan(): Promise<void> {
  const answer = await fetch(`${base}/api/reconciler/plan`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ limit: 4 }),
  });
  if (!answer.ok) throw new Error(`no plan was made: ${await answer.text()}`);
}

function shotsOf(id: string): readonly Shot[] {
  const from = new Date(Date.now() - 4 * DAY_MS).toISOString();
  const pictures: readonly Shot[] = [
    { name: 'overview', path: '/' },
    { name: 'overview-dark', path: '/', dark: true },
    { name: 'resource', path: `/resource?id=${id}` },
    { name: 'references', path: `/resource?id=${id}&tab=relations` },
    { name: 'time', path: `/time?from=${from}` },
    { name: 'findings', path: '/findings' },
    { name: 'decisions', path: '/decisions' },
    { name: 'policies', path: '/policies' },
    { name: 'plans', path: '/plans' },
    { name: 'scans', path: '/scans' },
  ];
  if (every !== 'all') return pictures;
  const paths = [
    ...pagePaths.filter((path) => path !== '/resource'),
    ...['', '&tab=relations', '&tab=compare', '&tab=raw'].map((tab) => `/resource?id=${id}${tab}`),
    ...['source', 'tests', 'try'].map((tab) => `/policies?tab=${tab}`),
    '/plans?tab=done',
  ];
  return paths.flatMap((path, n) => {
    const name = `${String(n).padStart(2, '0')}-${path.replaceAll(/\?id=[^&]*|[^a-z=&]/g, '') || 'overview'}`;
    return [
      { name: `${name}-light`, path, full: true },
      { name: `${name}-dark`, path, full: true, dark: true },
      { name: `${name}-narrow`, path, width: 1100 },
    ];
  });
}

async function take(browser: Browser, { name, path, dark = false, full = false, width = 1440 }: Shot): Promise<void> {
  const colorScheme = dark ? 'dark' : 'light';
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  await page.goto(base + path);
  await ready(page, path);
  await page.screenshot({ path: `${out}/${name}.png`, fullPage: full });
  await page.close();
}

async function ready(page: Page, path: string): Promise<void> {
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.waiting, .passing'));
  // A live page is worth a picture when something has come in.
  await page.waitForTimeout(path === '/decisions' ? (every === 'all' ? 5000 : 12_000) : 400);
}

mkdirSync(out, { recursive: true });
await plan();
const browser = await launch();
for (const shot of shotsOf(await group())) await take(browser, shot);
await browser.close();
