/**
 * The dashboard over a million resources: how long the first view takes in a real browser, from a server on the same
 * machine. Beside the ratio it tells, on stderr, the slider's redraw, the longest task while decisions stream in, and the
 * bytes of the page. Needs Chromium (CHROMIUM=/path, or Debian's).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launch } from '../test/browser/browser.ts';
import { openEstate } from './history-estate.ts';
import type { Scenario } from './scenario.ts';

const LIMIT_MS = 1000;
const startDeadlineMs = 60_000;
const drags = 20;
const decisionsPerSecond = 500;
const streamSeconds = 10;

export const scenario: Scenario = {
  name: 'web.first',
  peer: null,
  target: 1,
  unit: 'ms to the first whole view',
  better: 'lower',
  async run({ rounds, scale }) {
    await judged(scale);
    const server = spawn(
      process.execPath,
      ['bin/cli/main.ts', 'serve', '--roles', 'history,gateway', '--port', '0', '--data', dataOf(scale)],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const browser = await launch();
    try {
      const url = await address(server);
      const ours: number[] = [];
      for (let round = 0; round < rounds; round += 1) ours.push(await firstView(browser, url));
      await slider(browser, url);
      await stream(browser, url);
      return { ours, peer: ours.map(() => LIMIT_MS) };
    } finally {
      await browser.close();
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
  },
};

const dataOf = (scale: number): string => path.join(os.tmpdir(), `elava-bench-estate-${scale}`, 'data');

/** The estate of the memory's benches has no evaluations; each resource gets one. */
async function judged(scale: number): Promise<void> {
  const estate = await openEstate(scale);
  try {
    const [row] = await estate.bench.bare.rows<{ n: string }>('SELECT count() AS n FROM evaluations');
    if (Number(row?.n) > 0) return;
    await estate.bench.bare.run(
      `INSERT INTO evaluations (account, region, type, resource_id, policy_name, rev, id, hash, decision, effect, error, evaluated_at,
         revision, bundle, name, environment, cleared, result)
       SELECT account, region, type, id, 'elava.waste', 1, toString(rid), '', if(rid % 5 = 0, 'flag', 'allow') AS decision, 'allow', '', at,
         rev, 'b', name, 'prod', false,
         if(rid % 5 = 0, concat('{"decision":"flag","reason":"idle","policies":["elava.waste.flag_', toString(rid % 17), '"],"actions":[],"metadata":{},"confidence":1}'),
           '{"decision":"allow","reason":"","policies":[],"actions":[],"metadata":{},"confidence":1}')
       FROM resource_current FINAL WHERE live`,
    );
  } finally {
    await estate.close();
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

/** A new browser context each time: nothing is in its cache. Milliseconds until nothing is loading any more. */
async function firstView(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('.figure-value').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.waiting, .passing, [aria-busy="true"]'));
  const ms = await page.evaluate(() => performance.now());
  const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
  const bytes = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter((one) => !one.name.includes('/api/'))
      .reduce((sum, one) => sum + (one as PerformanceResourceTiming).transferSize, 0),
  );
  console.error(
    `first view ${ms.toFixed(0)} ms, first paint ${paint.toFixed(0)} ms, ${(bytes / 1000).toFixed(1)} kB of files`,
  );
  await context.close();
  return ms;
}

/** From the key to the estate and the difference being drawn anew, the pause that waits for the hand to rest included. */
async function slider(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${url}/time?span=30d`);
  const mark = page.getByRole('slider', { name: 'The later instant' });
  await mark.waitFor();
  await quiet(page);
  await mark.focus();
  const times: number[] = [];
  for (let drag = 0; drag < drags; drag += 1) {
    const start = performance.now();
    await page.keyboard.press('Shift+ArrowLeft');
    await page.waitForTimeout(100);
    await quiet(page);
    times.push(performance.now() - start);
  }
  const sorted = times.toSorted((a, b) => a - b);
  console.error(
    `slider: median ${sorted[drags / 2]?.toFixed(0)} ms, p95 ${sorted[Math.floor(drags * 0.95) - 1]?.toFixed(0)} ms`,
  );
  await page.close();
}

async function quiet(page: Page): Promise<void> {
  await page.waitForFunction(() => !document.querySelector('.waiting, .passing, [aria-busy="true"]'));
}

/** The stream is made beside the page: what is measured is what the page does with it. */
async function stream(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { tasks });
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    });
  });
  let send: ((text: string) => void) | undefined;
  await page.routeWebSocket(/\/v1\/stream\/decisions/, (socket) => {
    send = (text) => socket.send(text);
  });
  await page.goto(`${url}/decisions`);
  await page.locator('.plot canvas').waitFor();
  await page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks.splice(0));
  const began = Date.now();
  for (let seq = 1; Date.now() - began < streamSeconds * 1000; ) {
    const due = ((Date.now() - began) / 1000) * decisionsPerSecond;
    for (; seq <= due; seq += 1) send?.(decision(seq));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const tasks = await page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks);
  const shown = await page.locator('.figure-value').nth(1).textContent();
  console.error(
    `stream of ${decisionsPerSecond}/s: ${tasks.length} tasks over 50 ms in ${streamSeconds} s, the longest ${Math.max(0, ...tasks).toFixed(0)} ms; allowed ${shown}`,
  );
  await page.close();
}

function decision(seq: number): string {
  const data = {
    event_id: `e${seq}`,
    tenant_id: `tenant-${seq % 7}`,
    timestamp: new Date().toISOString(),
    decision: { allow: seq % 3 > 0, reason: 'within the region' },
    input: { subject: { role: 'agent' }, action: 'read', resource: { region: 'eu-west-1' } },
    metrics: { eval_duration_micros: 40 + (seq % 900), tenant_id: `tenant-${seq % 7}` },
    path: 'tenants/x/allow',
    allowed: seq % 3 > 0,
    effect: 'allow',
    bundle: 'b',
    correlation_id: null,
  };
  return JSON.stringify({ type: 'decision', seq, data });
}
