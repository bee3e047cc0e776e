/** How long the overview of a million resources takes to be there as a whole, from an empty cache. */
import type { Browser, Page } from 'playwright-core';
import { freshPage, quiet, withDashboard } from './dashboard-setup.ts';
import type { Scenario } from './scenario.ts';

const LIMIT_MS = 1000;

export const scenario: Scenario = {
  name: 'web.first',
  peer: null,
  target: 1,
  unit: 'ms to the first whole view',
  better: 'lower',
  run: ({ rounds, scale }) =>
    withDashboard(scale, async ({ browser, url }) => {
      // The engine has read nothing yet: what everybody but the first visitor after a start meets is measured.
      console.error(`the first visit after the start: ${(await firstView(browser, url)).toFixed(0)} ms`);
      const ours: number[] = [];
      for (let round = 0; round < rounds; round += 1) ours.push(await firstView(browser, url));
      return { ours, peer: ours.map(() => LIMIT_MS) };
    }),
};

/** Milliseconds from asking for the page until nothing of it is loading any more. */
async function firstView(browser: Browser, url: string): Promise<number> {
  const page = await freshPage(browser);
  await page.goto(url);
  await page.locator('.figure-value').first().waitFor();
  await quiet(page);
  const ms = await page.evaluate(() => performance.now());
  console.error(await detail(page));
  await page.context().close();
  return ms;
}

/** When something was painted, what the files weigh, and how long each question took. */
function detail(page: Page): Promise<string> {
  return page.evaluate(() => {
    const all = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const asked = all.filter(({ name }) => new URL(name).pathname.startsWith('/api/'));
    const bytes = all.filter((one) => !asked.includes(one)).reduce((sum, { transferSize }) => sum + transferSize, 0);
    const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0;
    const answers = asked.map((one) => `${new URL(one.name).pathname.slice(5)} ${one.responseEnd.toFixed(0)}`);
    return `first paint ${paint.toFixed(0)} ms, ${(bytes / 1000).toFixed(1)} kB of files; answered after (ms): ${answers.join(', ')}`;
  });
}
