/** What people come for, done as they do it. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { until } from '../support/until.ts';
import { launch, leave, open, settled, watched } from './browser.ts';

let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  ({ page, faults } = await watched(context));
});
afterEach(async () => {
  expect(faults).toEqual([]);
  await leave(context);
});

test('who opened this security group, and what would closing it break?', async () => {
  await open(page, '/changes?since=24h&type=security_group');
  await page.locator('.line', { hasText: '0.0.0.0/0' }).locator('.line-what a').first().click();
  await page.getByRole('heading', { level: 1, name: /-sg$/ }).waitFor();
  // The estate drifts on: something else may have changed it since, and what policies say of that, which nobody
  // did, may name the range as well.
  const who = page.locator('.line', { hasText: '0.0.0.0/0' }).locator('.line-who').first();
  await who.waitFor();
  expect(await who.textContent()).not.toBe('');
  await page.getByRole('link', { name: 'References' }).click();
  await page.locator('.graph').waitFor();
  expect(await page.locator('h2').allTextContents()).toEqual(
    expect.arrayContaining([expect.stringMatching(/uses? it/)]),
  );
});

test('a resource is found from anywhere with the keyboard alone', async () => {
  await open(page, '/system');
  await page.keyboard.press('/');
  // A pause between two keys is long enough to ask for what stands there so far, and what is found then goes again.
  const asked = page.waitForRequest((request) => new URL(request.url()).searchParams.get('q') === 'prod');
  await page.keyboard.type('prod');
  await asked;
  await page.locator('#search-list [role=option] .type').first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/resource?id=*');
  await settled(page);
  await page.locator('main', { hasText: 'prod' }).waitFor();
  // The second key counts for a moment after the first, which a busy machine may let pass.
  await until(
    async () => {
      await page.keyboard.press('g');
      await page.keyboard.press('c');
      return new URL(page.url()).pathname;
    },
    (path) => path === '/changes',
  );
  await settled(page);
  expect(await page.locator('h1').textContent()).toBe('Changes');
});

test('while the file of the next page comes, the one before stays and says that it is busy', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/assets/changes-*.js', async (route) => {
    await held;
    await route.continue();
  });
  await open(page, '/system');
  await page.getByRole('link', { name: 'Changes' }).click();
  await page.waitForURL('**/changes');
  const busy = page.locator('main > [aria-busy=true] h1');
  await busy.waitFor();
  expect(await busy.textContent()).toBe('System');
  release();
  await settled(page);
  expect(await page.locator('h1').textContent()).toBe('Changes');
});

test('a list is walked with the keys, and of a long one only what is seen exists', async () => {
  await open(page, '/resources');
  const grid = page.getByRole('grid', { name: 'Resources' });
  await grid.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('End');
  expect(await grid.getByRole('row').count()).toBeLessThan(60);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/resource?id=*');
});

test('the address holds the whole view: filters, and what was opened, come back with it', async () => {
  // An instant that is past: the estate drifts on, and its count with it.
  const at = new Date(Date.now() - 86_400_000).toISOString();
  await open(page, `/resources?at=${at}`);
  await page.getByText('Type', { exact: true }).first().click();
  await page.locator('.menu-body label', { hasText: /^s3/ }).click();
  await page.waitForURL('**type=s3');
  await page.getByRole('searchbox').fill('acme');
  await page.waitForURL('**text=acme**');
  const url = page.url();
  expect(new URL(url).searchParams.get('at')).toBe(at);
  const title = page.locator('h1');
  await page.waitForFunction(() => /^[\d,]+ resources/.test(document.querySelector('h1')?.textContent ?? ''));
  const shown = await title.textContent();
  const other = await watched(context);
  await other.page.goto(url);
  await other.page.waitForFunction((text) => document.querySelector('h1')?.textContent === text, shown);
  expect(await other.page.getByRole('searchbox').inputValue()).toBe('acme');
  await page.goBack();
  await page.waitForFunction(() => !location.search.includes('type=s3'));
});

test('the slider goes back in time, says what differs and by whom', async () => {
  await open(page, '/time');
  const later = page.getByRole('slider', { name: 'The later instant' });
  await later.focus();
  for (let day = 0; day < 2; day += 1) await page.keyboard.press('Shift+ArrowLeft');
  await page.waitForURL('**at=20**');
  await settled(page);
  expect(await page.locator('.total b').textContent()).toMatch(/^\d/);
  const earlier = page.getByRole('slider', { name: 'The earlier instant' });
  const from = new URL(page.url()).searchParams.get('from');
  expect(from).not.toBeNull();
  await earlier.focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await page.waitForURL(({ searchParams }) => searchParams.has('from') && searchParams.get('from') !== from);
  await page.waitForFunction(() => document.querySelectorAll('.legend li').length === 4);
});

test('a tag that holds markup is text', async () => {
  const evil = '<img src=x onerror=alert(1)>';
  await page.route('**/api/resources*', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { resources: { name: string; tags: Record<string, string> }[] };
    for (const one of body.resources) Object.assign(one, { name: evil, tags: { owner: evil } });
    await route.fulfill({ response: answer, json: body });
  });
  await open(page, '/resources');
  await page.getByText(evil).first().waitFor();
  expect(await page.locator('.grid img').count()).toBe(0);
});

test('what fails says what to do, and comes back by itself', async () => {
  let broken = true;
  // The store stands still: a page that follows it might ask anew before the button is pressed, which goes then.
  await page.route('**/readyz', (route) => route.fulfill({ json: { revision: '1' } }));
  await page.route('**/api/counts*', (route) =>
    broken
      ? route.fulfill({
          status: 503,
          json: { code: 'STORE_UNAVAILABLE', message: 'The store does not answer.', next: 'Wait.' },
        })
      : route.continue(),
  );
  await page.goto(`${process.env.ELAVA_BROWSER_URL}/`);
  await page.getByRole('alert').first().waitFor();
  expect(await page.getByRole('alert').first().textContent()).toContain('The store does not answer.');
  broken = false;
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await page.locator('.bars').first().waitFor();
  // The browser itself writes a refused request into the console.
  faults.splice(0, faults.length, ...faults.filter((one) => !one.includes('503')));
});

test('without a connection the page says so and how old it is, and goes on when it is back', async () => {
  await open(page, '/');
  await context.setOffline(true);
  await page.getByText(/No connection/).waitFor();
  await context.setOffline(false);
  await page.getByText('Live', { exact: true }).waitFor();
  expect(await page.getByText(/No connection/).count()).toBe(0);
  faults.splice(0, faults.length, ...faults.filter((one) => !/ERR_INTERNET_DISCONNECTED|ERR_NETWORK/.test(one)));
});

test('who is refused is asked for a token, which goes with every request from then on', async () => {
  const tokens: (string | undefined)[] = [];
  await page.route('**/api/**', async (route) => {
    const held = route.request().headers()['authorization'];
    tokens.push(held);
    if (held === 'Bearer elv_right') await route.continue();
    else await route.fulfill({ status: 401, json: { code: 'UNAUTHENTICATED', message: 'Who are you?', next: '' } });
  });
  await page.goto(`${process.env.ELAVA_BROWSER_URL}/resources`);
  await page.getByLabel('Access token').fill('elv_right');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('grid', { name: 'Resources' }).waitFor();
  expect(tokens.at(-1)).toBe('Bearer elv_right');
  faults.splice(0, faults.length, ...faults.filter((one) => !one.includes('401')));
});

test('an input is judged in the page', async () => {
  await open(page, '/policies?tab=try');
  await page.getByRole('button', { name: 'Judge it' }).click();
  await page.locator('.outcome').waitFor();
  expect(await page.locator('.outcome .badge').textContent()).toBe('deny');
  await page.getByRole('textbox', { name: /document that the policies see/ }).fill('{');
  await page.getByRole('button', { name: 'Judge it' }).click();
  expect(await page.getByRole('alert').textContent()).toContain('no JSON');
});

test('decisions of tenants appear as they are made, and one of them is explained', async () => {
  await open(page, '/decisions');
  const rows = page.getByRole('grid', { name: 'Live decisions' }).getByRole('row');
  await rows.nth(3).waitFor();
  await page.getByRole('button', { name: 'Hold the list' }).click();
  await rows.nth(1).getByRole('link').click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.textContent()).toContain('Asked');
  expect(await page.getByRole('img', { name: /Histogram of [\d,]+ decisions/ }).count()).toBe(1);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
});
