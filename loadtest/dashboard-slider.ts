/** From a key on the time slider to the estate and the difference of a million resources being drawn anew. */
import type { Page } from 'playwright-core';
import { freshPage, quiet, shareOf, withDashboard } from './dashboard-setup.ts';
import type { Scenario } from './scenario.ts';

const LIMIT_MS = 500;
const drags = 20;
const DAY_MS = 86_400_000;
const SPAN_DAYS = 29;

export const scenario: Scenario = {
  name: 'web.slider',
  peer: null,
  target: 1,
  unit: 'ms from a drag to the redraw, p95',
  better: 'lower',
  run: ({ rounds, scale }) =>
    withDashboard(scale, async ({ browser, url }) => {
      const ours: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const page = await freshPage(browser);
        const times = await dragged(page, url);
        console.error(
          `${drags} drags: median ${shareOf(times, 0.5).toFixed(0)} ms, p95 ${shareOf(times, 0.95).toFixed(0)} ms`,
        );
        ours.push(shareOf(times, 0.95));
        await page.context().close();
      }
      return { ours, peer: ours.map(() => LIMIT_MS) };
    }),
};

/**
 * The earlier mark stands at the beginning, the later one goes back a day at a time; the pause for the hand counts. What is
 * drawn anew are the estate and the difference with its colours; the list follows once the hand rests.
 */
async function dragged(page: Page, url: string): Promise<number[]> {
  const from = new Date(Date.now() - SPAN_DAYS * DAY_MS).toISOString();
  await page.goto(`${url}/time?span=30d&from=${from}`);
  const mark = page.getByRole('slider', { name: 'The later instant' });
  await mark.waitFor();
  await quiet(page);
  await mark.focus();
  const times: number[] = [];
  for (let drag = 0; drag < drags; drag += 1) {
    const answered = Promise.all([answerTo(page, '/api/counts'), answerTo(page, '/api/diff', 'limit=0')]);
    const start = performance.now();
    await page.keyboard.press('Shift+ArrowLeft');
    await answered;
    await page.waitForFunction(() => !document.querySelector('.answer.passing, .answer[aria-busy="true"]'));
    times.push(performance.now() - start);
  }
  return times;
}

function answerTo(page: Page, path: string, query = '') {
  return page.waitForResponse((answer) => {
    const { pathname, search } = new URL(answer.url());
    return pathname === path && search.includes(query) && answer.ok();
  });
}
