/** Every page: it shows itself in light and dark, breaks no rule of axe or of its own policy, and says nothing wrong. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { pagePaths } from '../../services/gateway/dashboard.ts';
import { launch, leave, objections, open, settled, watched } from './browser.ts';

let browser: Browser;
let group: string;
beforeAll(async () => {
  browser = await launch();
  group = await opened();
});
afterAll(() => browser.close());

/** A security group that something was changed about that matters. */
async function opened(): Promise<string> {
  const answer = await fetch(`${process.env.ELAVA_BROWSER_URL}/api/changes?type=security_group&since=30d&limit=100`);
  const { changes } = (await answer.json()) as { changes: { id: string; severity: string }[] };
  const found = changes.find(({ severity }) => severity === 'high');
  if (!found) throw new Error('no change of a security group matters');
  return found.id;
}

const views = [
  ...pagePaths.filter((path) => path !== '/resource'),
  '/resource?id={id}',
  '/resource?id={id}&tab=relations',
  '/resource?id={id}&tab=compare',
  '/resource?id={id}&tab=raw',
  '/policies?tab=source',
  '/policies?tab=tests',
  '/policies?try={id}',
  '/changes?since=30d&severity=high',
  '/resources?at=24h&type=ec2',
];

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each(views)('%s', async (view) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } });
    const { page, faults } = await watched(context);
    await open(page, view.replace('{id}', encodeURIComponent(group)));
    expect(await objections(page)).toEqual([]);
    expect(faults).toEqual([]);
    await leave(context);
  });
});

test('a link that leads nowhere says so', async () => {
  const context = await browser.newContext();
  const { page, faults } = await watched(context);
  await open(page, '/system');
  await page.evaluate(() =>
    document
      .querySelector('h1')
      ?.after(Object.assign(document.createElement('a'), { href: '/nowhere', text: 'there' })),
  );
  await page.getByRole('link', { name: 'there' }).click();
  await page.getByRole('heading', { name: 'No such page' }).waitFor();
  expect(await objections(page)).toEqual([]);
  expect(faults).toEqual([]);
  await leave(context);
});

test('on a telephone the menu opens, and nothing is wider than the screen', async () => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const { page, faults } = await watched(context);
  for (const path of pagePaths.filter((one) => one !== '/resource')) {
    await open(page, path);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect([path, Math.max(0, wide)]).toEqual([path, 0]);
  }
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('link', { name: 'Resources' }).click();
  await page.waitForURL('**/resources');
  await settled(page);
  expect(await objections(page)).toEqual([]);
  expect(faults).toEqual([]);
  await leave(context);
});
