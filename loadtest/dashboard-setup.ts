/**
 * What the scenarios of the dashboard share: `serve` over a large memory in a process of its own, and a real browser
 * beside it on the same machine. Needs Chromium (CHROMIUM=/path, or Debian's).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { processEnv } from '../lib/config/env.ts';
import { launch } from '../test/browser/browser.ts';
import { dashboardEstate } from './dashboard-estate.ts';
import { tenantDirectory } from './edge-setup.ts';

const startDeadlineMs = 120_000;
const answerDeadlineMs = 60_000;
export const tenants = 7;

/** The roles that the page asks of; none of them scans or judges the estate meanwhile. */
const roles = 'history,scanner,policy,tenants,events,gateway';

export interface Dashboard {
  readonly url: string;
  readonly browser: Browser;
}

/** `scale` 1 is a million resources. Everything that was started has ended when it returns. */
export async function withDashboard<T>(scale: number, work: (dashboard: Dashboard) => Promise<T>): Promise<T> {
  const data = await dashboardEstate(scale);
  const directory = await tenantDirectory(tenants);
  const env = {
    ...processEnv(),
    ELAVA_TENANTS_PATH: directory,
    ELAVA_TENANTS_RATE: '100000',
    ELAVA_GATEWAY_RATE: '100000',
    ELAVA_POLICIES_ENABLED: 'false',
  };
  const server = spawn(
    process.execPath,
    ['bin/cli/main.ts', 'serve', '--manual', '--roles', roles, '--port', '0', '--data', data],
    { stdio: ['ignore', 'ignore', 'pipe'], env },
  );
  try {
    const url = await address(server);
    const browser = await launch();
    try {
      return await work({ url, browser });
    } finally {
      await browser.close();
    }
  } finally {
    if (server.exitCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
    await rm(directory, { recursive: true, force: true });
  }
}

async function address(server: ChildProcess): Promise<string> {
  let said = '';
  server.stderr?.on('data', (text: Buffer) => {
    said += text.toString();
  });
  const deadline = Date.now() + startDeadlineMs;
  while (Date.now() < deadline && server.exitCode === null) {
    const [, url] = /serves (http:\S+?)[\s(]/.exec(said) ?? [];
    if (url !== undefined) return url;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`serve does not serve: ${said}`);
}

/** A page in a context of its own: nothing is in its cache. */
export async function freshPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(answerDeadlineMs);
  return page;
}

/** Until nothing on the page is loading any more, and it is drawn. */
export async function quiet(page: Page): Promise<void> {
  await page.waitForFunction(() => !document.querySelector('.waiting, .passing, [aria-busy="true"]'));
}

export const shareOf = (figures: readonly number[], share: number): number =>
  figures.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(figures.length * share) - 1)] ?? Number.NaN;
