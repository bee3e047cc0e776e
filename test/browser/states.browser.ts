/** Every page where there is nothing yet; and what a page does while its server is away. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { pagePaths } from '../../services/gateway/dashboard.ts';
import { launch, leave, objections, settled, watched } from './browser.ts';
import { Served } from './served.ts';

let browser: Browser;
let served: Served;
let context: BrowserContext;
let page: Page;
let faults: string[];
beforeAll(async () => {
  [browser, served] = await Promise.all([launch(), Served.start()]);
});
afterAll(async () => {
  await browser.close();
  await served.close();
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  ({ page, faults } = await watched(context));
});
afterEach(() => leave(context));

const open = async (path: string): Promise<void> => {
  await page.goto(served.url + path);
  await settled(page);
};

describe('where nothing was scanned yet', () => {
  test.each(pagePaths.filter((path) => path !== '/resource'))('%s says so, and fails in nothing', async (path) => {
    await open(path);
    expect(await page.getByRole('alert').allTextContents()).toEqual([]);
    expect(faults).toEqual([]);
    expect(await objections(page)).toEqual([]);
    expect((await page.locator('main').innerText()).length).toBeGreaterThan(60);
  });

  test.each(['/', '/resources', '/changes', '/findings', '/scans'])('%s says what to do about it', async (path) => {
    await open(path);
    const words = await page.locator('.nothing').allTextContents();
    expect(words.join(' ')).toMatch(/elava (scan|serve|demo)/);
  });

  test('a resource that nobody knows is told, with a way to find another', async () => {
    await open('/resource?id=i-0123456789');
    expect(await page.locator('main').innerText()).toMatch(/i-0123456789/);
    expect(await page.locator('main').getByRole('link').count()).toBeGreaterThan(0);
  });

  test('an address that no view has shows the first', async () => {
    await open('/plans?tab=nonsense');
    expect(await page.locator('.tabs [aria-current="page"]').textContent()).toBe('To decide');
  });
});

describe('a server that goes away', () => {
  test('is told with how old the view is, and the page goes on when it is back', async () => {
    await open('/resources');
    await served.end();
    await page.getByText(/No connection · as of/).waitFor();
    expect(await page.locator('h1').count()).toBe(1);
    await page.getByRole('link', { name: 'Scans' }).click();
    await page.getByRole('alert').first().waitFor();
    expect(await page.getByRole('alert').first().textContent()).toContain('elava serve');
    await served.begin();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('alert').first().waitFor({ state: 'detached' });
  });
});

describe('with the keys alone', () => {
  test('every place of a page is reached, and is seen where it is', async () => {
    await open('/');
    const reached = new Set<string>();
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement | null;
        if (!element || element === document.body) return undefined;
        const { outlineStyle, boxShadow } = getComputedStyle(element);
        const { width, height } = element.getBoundingClientRect();
        const name = element.getAttribute('aria-label') ?? element.textContent ?? '';
        return { name: name.trim(), seen: (outlineStyle !== 'none' || boxShadow !== 'none') && width * height > 0 };
      });
      if (found === undefined) break;
      expect(found).toMatchObject({ seen: true });
      reached.add(found.name);
    }
    for (const name of ['Skip to the content', 'Resources', 'Plans and approvals', 'System'])
      expect([...reached]).toContain(name);
  });
});
