/** Measures and reviews, once or again and again. */

import type { Client } from '../../lib/contract.ts';
import type { ResourceFilter } from '../../lib/resource.ts';
import type { Runtime } from '../../lib/runtime.ts';
import { sleep } from '../../lib/time.ts';
import type { historyContract } from '../history/history.contract.ts';
import type { AnalyzerParts } from './analyzer.ts';
import { type MeasureParts, type Measuring, measure } from './measure.ts';
import { openFindings, reviewOf, storeFindings } from './review.ts';
import { inTurns, type Turns } from './turns.ts';
import { waste } from './waste-search.ts';

export interface ReviewerParts extends AnalyzerParts {
  readonly history: Client<typeof historyContract>;
  readonly metrics: MeasureParts['metrics'];
  readonly log: Pick<Runtime['log'], 'warn'>;
  /** Where several processes could: waits until this one is to. Measuring is charged for each time. */
  readonly lead?: Turns['lead'] | undefined;
}

/** The first review waits until the first scans are over, as a rule. */
const BEGIN_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;
const LEAD_RETRY_MS = 60_000;

export class Reviewer {
  readonly #parts: ReviewerParts;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(parts: ReviewerParts) {
    this.#parts = parts;
  }

  async measure(filter: ResourceFilter | undefined): Promise<Measuring> {
    const { history, metrics, config, clock } = this.#parts;
    const now = clock.now();
    const { idle_threshold, measure_interval } = config.analyzer.waste;
    const parts = { history, metrics, now, idleMs: idle_threshold, measuredSince: now - measure_interval };
    return measure(parts, filter);
  }

  async review() {
    const { history, clock } = this.#parts;
    const { findings } = await waste(this.#parts, undefined);
    const { units } = await history.coverage({});
    const complete = new Set(
      units.filter(({ state }) => state === 'complete').map((u) => `${u.account}/${u.region}/${u.type}`),
    );
    const at = new Date(clock.now()).toISOString();
    const { changed, ...counts } = reviewOf(findings, await openFindings(history), { at, complete });
    await storeFindings(history, changed);
    return counts;
  }

  /** Goes round and round, in this process or in another one. */
  start(): void {
    const { lead, log } = this.#parts;
    const work = (signal: AbortSignal) => this.#forever(signal);
    const failed = (error: unknown) => log.warn({ error }, 'whose turn it is to review waste could not be asked');
    this.#loop ??= lead
      ? inTurns({ lead, work, failed, retryMs: LEAD_RETRY_MS }, this.#stopping.signal)
      : work(this.#stopping.signal);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #forever(signal: AbortSignal): Promise<void> {
    const pause = (ms: number) => sleep(ms, signal, { unref: true }).catch(() => undefined);
    await pause(BEGIN_MS);
    while (!signal.aborted) {
      await this.#once().catch((error: unknown) =>
        this.#parts.log.warn({ error }, 'waste could not be reviewed and will be tried again'),
      );
      await pause(HOUR_MS);
    }
  }

  async #once(): Promise<void> {
    const { config, log } = this.#parts;
    if (!config.analyzer.waste.enabled) return;
    if (config.analyzer.waste.metrics) {
      const { failed } = await this.measure(undefined);
      for (const { account, region, error, detail } of failed)
        log.warn({ account, region, code: error, reason: detail }, 'metrics could not be read');
    }
    await this.review();
  }
}
