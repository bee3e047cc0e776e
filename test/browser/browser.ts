/** A browser whose pages tell what went wrong in them. */
import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { until } from '../support/until.ts';

/** Of everything that is waited for; a busy machine takes seconds for a page. */
const deadlineMs = 60_000;
/** What stands on a page while something of it is still to come: it is dimmed, or not there yet. */
const passing = '.waiting, .passing, .stale, main > [aria-busy=true]';
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export function launch(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? places.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error('no Chromium: apt-get install chromium, or name one with CHROMIUM=/path/to/chromium');
  }
  return chromium.launch({ executablePath, args: ['--no-sandbox'], timeout: deadlineMs });
}

export interface Watched {
  readonly page: Page;
  /** Errors in the console, breaches of the content security policy among them, and uncaught ones. */
  readonly faults: string[];
}

export async function watched(context: BrowserContext): Promise<Watched> {
  context.setDefaultTimeout(deadlineMs);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  return { page, faults };
}

/** Closes every page. A page polls: what a route still fetches for it then is no fault of the test. */
export async function leave(context: BrowserContext): Promise<void> {
  await Promise.all(context.pages().map((page) => page.unrouteAll({ behavior: 'ignoreErrors' })));
  await context.close();
}

/** Opens an address of the dashboard and waits until nothing is loading any more. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${process.env.ELAVA_BROWSER_URL}${path}`);
  await settled(page);
}

export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  await page.waitForFunction((some) => !document.querySelector(some), passing);
}

/**
 * What axe objects to, one line each. Every rule counts, also those of little impact. A page that follows the clock or the
 * store dims what it asks anew, at the end of a minute for one: what axe saw then is looked at again.
 */
export async function objections(page: Page): Promise<string[]> {
  const { violations } = await until(
    () => judged(page),
    (found) => found.violations.length === 0 || !found.wasPassing,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
  );
}

async function judged(page: Page) {
  await settled(page);
  const seen = await page.evaluateHandle((some) => {
    const now = { wasPassing: document.querySelector(some) !== null };
    const look = (): void => {
      now.wasPassing ||= document.querySelector(some) !== null;
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
    return now;
  }, passing);
  const { violations } = await new AxeBuilder({ page }).analyze();
  return { violations, ...(await seen.jsonValue()) };
}
