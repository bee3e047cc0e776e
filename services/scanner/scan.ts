/**
 * The scan of one unit, alike for all types: read its pages, compare each resource's hash with what the memory holds, send
 * what changed, and say how complete the observation was.
 */

import type { Checkpoints } from '../../lib/checkpoints.ts';
import { codeOf, elavaError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { type Coverage, type Resource, type Unit, unitKey } from '../../lib/resource.ts';
import { type Clock, linked } from '../../lib/time.ts';
import { withSpan } from '../../lib/tracing.ts';
import { Batches } from './batches.ts';
import { gapKept, UnitCheckpoint } from './checkpoint.ts';
import { contentOf, jsonBytes, resourceOf } from './content.ts';
import { carryOver, type Partly } from './gaps.ts';
import type { Memory } from './memory.ts';
import { outcomeOf, type Seen } from './outcome.ts';
import { type Found, readPages } from './pages.ts';
import { Patience } from './patience.ts';
import type { Provider } from './provider.ts';
import type { Mapped, ResourceType } from './resource-type.ts';
import type { ScanJob } from './scanner.contract.ts';

export interface ScanParts {
  readonly provider: Provider;
  readonly memory: Memory;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** How long reading one unit may go on without an answer, milliseconds. 300,000 log groups take twenty minutes. */
  readonly timeoutMs: number;
  /** Told of the resources read so far, a page at a time. */
  readonly onProgress?: (job: ScanJob, count: number) => void;
  /** Where another process finds how far this one came; undefined where there is no other. */
  readonly checkpoints?: Checkpoints | undefined;
  /** Resources between two checkpoints. */
  readonly checkpointEvery?: number;
}

/**
 * Absent resources that one observation may name (see the contract of history.observe), and the length of their ids: a
 * message over NATS takes eight megabytes. The next scan names the others.
 */
const MAX_ABSENT = 100_000;
const MAX_ABSENT_CHARS = 4_000_000;

/**
 * Scans a unit and returns its coverage. What goes wrong with the cloud stands in the coverage; it rejects only when the
 * type is unknown (TYPE_UNKNOWN) or when the memory fails, with the memory's code.
 */
export async function scanUnit(job: ScanJob, parts: ScanParts, signal: AbortSignal): Promise<Coverage> {
  const type = parts.provider.types.get(job.unit.type);
  if (!type) throw elavaError('TYPE_UNKNOWN', `there is no resource type ${job.unit.type}`);
  return withSpan('scan.unit', { ...job.unit, scan: job.scan }, () => scanOf(type, job, parts, signal));
}

async function scanOf(type: Listed, job: ScanJob, parts: ScanParts, signal: AbortSignal): Promise<Coverage> {
  const started = parts.clock.now();
  const patience = new Patience(parts.timeoutMs);
  const limit = patience.signal;
  using either = linked([signal, limit]);
  const unit = new UnitScan(job, type, { ...parts, heard: () => patience.heard() }, either.signal);
  const seen = await unit.run().finally(() => patience.close());
  const stopped =
    limit.aborted && !signal.aborted && codeOf(seen.stopped) === 'CANCELLED' ? tooLong(job.unit, parts) : seen.stopped;
  // Cut short by a stop, the unit is another process's, which goes on from the checkpoint.
  if (signal.aborted && parts.checkpoints) throw cancelled(signal);
  const outcome = outcomeOf({ ...seen, stopped });
  const { metrics, clock, log } = parts;
  const finished = clock.now();
  const { type: name } = job.unit;
  metrics.scanUnitSeconds.labels(name, outcome.state, outcome.error).observe((finished - started) / 1000);
  metrics.scanResources.labels(name, 'read').inc(seen.count);
  metrics.scanResources.labels(name, 'sent').inc(unit.sent);
  if (outcome.error !== '')
    log.warn({ unit: unitKey(job.unit), scan: job.scan, ...outcome }, 'unit was not read whole');
  const coverage = await unit.close({
    scan: job.scan,
    unit: job.unit,
    started: new Date(started).toISOString(),
    finished: new Date(finished).toISOString(),
    ...outcome,
    count: seen.count,
    absent: outcome.state === 'complete' ? unit.absent() : [],
  });
  await unit.checkpoint.done();
  return coverage;
}

function tooLong(unit: Unit, { timeoutMs }: ScanParts): Error {
  return elavaError('DEADLINE_EXCEEDED', `the scan of ${unitKey(unit)} read nothing for ${timeoutMs / 1000} s`);
}

type Listed = ResourceType<unknown, unknown>;

/** Every page is a sign of life, and so is every answer: what a page needs first may be a thousand calls, as tags are. */
interface UnitParts extends ScanParts {
  readonly heard: () => void;
}

class UnitScan {
  readonly #job: ScanJob;
  readonly #type: Listed;
  readonly #parts: UnitParts;
  readonly #signal: AbortSignal;
  readonly #batches: Batches;
  readonly checkpoint: UnitCheckpoint;
  /** Hashes of the live resources, and of those that were seen now, by id. */
  readonly #known = new Map<string, string>();
  readonly #seen = new Map<string, string>();
  #gap: unknown;
  #anyWhole = false;
  sent = 0;

  constructor(job: ScanJob, type: Listed, parts: UnitParts, signal: AbortSignal) {
    this.#job = job;
    this.#type = type;
    this.#parts = parts;
    this.#signal = signal;
    const { checkpoints, checkpointEvery: every } = parts;
    this.checkpoint = new UnitCheckpoint({ checkpoints, key: `${job.scan}/${unitKey(job.unit)}`, every });
    this.#batches = new Batches({
      ...job,
      now: () => parts.clock.now(),
      send: (batch) => parts.memory.ingest(batch),
    });
  }

  async run(): Promise<Seen> {
    await this.#loadKnown();
    await this.#resume();
    const stopped = await this.#read();
    return { count: this.#seen.size, stopped, gap: this.#gap, anyWhole: this.#anyWhole };
  }

  /** Stores the observation together with what is left to send: most units are read in one page, and take one revision so. */
  async close(observation: Parameters<Memory['observe']>[0]): Promise<Coverage> {
    const { memory } = this.#parts;
    const last = this.#batches.take();
    return last ? memory.conclude({ ...observation, ...last }) : memory.observe(observation);
  }

  /** Known ids that the listing did not return. */
  absent(): string[] {
    const absent: string[] = [];
    let chars = 0;
    for (const id of this.#known.keys()) {
      if (this.#seen.has(id)) continue;
      chars += id.length;
      if (absent.length >= MAX_ABSENT || chars > MAX_ABSENT_CHARS) break;
      absent.push(id);
    }
    return absent;
  }

  /** What an earlier process has seen of the unit is stored already. */
  async #resume(): Promise<void> {
    const kept = await this.checkpoint.resume();
    if (!kept) return;
    for (const id of kept.ids) this.#seen.set(id, this.#known.get(id) ?? '');
    this.#gap = gapKept(kept);
    this.#anyWhole = kept.anyWhole;
  }

  async #loadKnown(): Promise<void> {
    const { unit } = this.#job;
    let after: string | undefined;
    do {
      const page = await this.#parts.memory.known({ unit, limit: 10_000, ...(after ? { after } : {}) });
      for (const { id, hash } of page.entries) this.#known.set(id, hash);
      after = page.next;
    } while (after);
  }

  /** Returns what stopped the listing, if anything did. What the memory throws is thrown on. */
  async #read(): Promise<unknown> {
    const { provider, heard, onProgress } = this.#parts;
    const { unit } = this.#job;
    let pages = this.#pages();
    for (;;) {
      let page: IteratorResult<Page>;
      try {
        page = await pages.next();
      } catch (error) {
        if (!this.#signal.aborted && (await this.checkpoint.startOver())) {
          this.#seen.clear();
          pages = this.#pages();
          continue;
        }
        return this.#signal.aborted ? cancelled(this.#signal) : provider.explain(error, unit, this.#signal);
      }
      if (page.done) return undefined;
      await this.#take(page.value);
      const state = { gap: this.#gap, anyWhole: this.#anyWhole };
      await this.checkpoint.mark(this.#seen, state, () => this.#batches.flush());
      heard();
      onProgress?.(this.#job, this.#seen.size);
    }
  }

  async *#pages(): AsyncGenerator<Page> {
    const { provider, heard } = this.#parts;
    const context = await provider.open(this.#job.unit, this.#signal, heard);
    for await (const found of readPages(this.#type, context, this.#signal, this.checkpoint.cursor))
      yield { found, context };
    if (this.#signal.aborted) throw cancelled(this.#signal);
  }

  async #take({ found, context }: Page): Promise<void> {
    const gappy: Partly[] = [];
    for (const { item, gaps } of found) {
      const mapped = this.#map(item, context);
      if (!mapped) continue;
      if (gaps.length > 0) gappy.push({ mapped, gaps });
      // Most of a second scan is unchanged: a turn of the event loop for each would cost more than the comparison.
      const sending = gaps.length > 0 ? undefined : this.#compare(this.#resource(mapped));
      if (sending) await sending;
    }
    if (gappy.length > 0) await this.#takePartly(gappy);
  }

  /** One resource that cannot be mapped must not hide the others; the unit is partial for it. */
  #map(item: unknown, context: unknown): Mapped | undefined {
    try {
      const mapped = this.#type.map(item, context);
      if (mapped.id !== '') return mapped;
      this.#gap ??= elavaError('AWS_RESPONSE_INVALID', `${this.#type.type}: a resource has no id`);
    } catch (error) {
      this.#gap ??= elavaError('INTERNAL', `${this.#type.type}: a resource could not be mapped`, { cause: error });
      this.#parts.log.error({ error, unit: unitKey(this.#job.unit) }, 'resource could not be mapped');
    }
    return undefined;
  }

  /** The resources with gaps, as far as they can be told. */
  async #takePartly(gappy: readonly Partly[]): Promise<void> {
    this.#gap ??= gappy[0]?.gaps[0]?.error;
    const { memory } = this.#parts;
    const make = (mapped: Mapped): Resource => this.#resource(mapped);
    const { kept, resources } = await carryOver(gappy, { known: this.#known, memory, unit: this.#job.unit, make });
    for (const id of kept) this.#seen.set(id, this.#known.get(id) ?? '');
    for (const resource of resources) await this.#compare(resource);
  }

  #resource(mapped: Mapped): Resource {
    return resourceOf(this.#parts.provider.name, this.#job.unit, mapped);
  }

  /** A resource that a moving listing returns twice counts once, as it was last. */
  #compare(resource: Resource): Promise<void> | undefined {
    const content = contentOf(resource, this.#type.volatile);
    const { id } = resource;
    const before = this.#seen.get(id) ?? this.#known.get(id);
    this.#seen.set(id, content.hash);
    this.#anyWhole = true;
    if (before === content.hash) return undefined;
    this.sent += 1;
    return this.#batches.add({ hash: content.hash, resource }, jsonBytes(content));
  }
}

interface Page {
  readonly found: readonly Found<unknown>[];
  readonly context: unknown;
}

function cancelled(signal: AbortSignal): Error {
  return elavaError('CANCELLED', 'the scan was cancelled', { cause: signal.reason });
}
