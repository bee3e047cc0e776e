/**
 * The scan of one unit, alike for all types: read its pages, compare each resource's hash with what the memory holds, send
 * what changed, and say how complete the observation was.
 */
import type { Client } from '../../lib/contract.ts';
import { codeOf, elavaError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { type Coverage, type Resource, type Unit, unitKey } from '../../lib/resource.ts';
import type { Clock } from '../../lib/time.ts';
import type { historyContract } from '../history/history.contract.ts';
import { Batches } from './batches.ts';
import { type Content, contentOf, jsonBytes, resourceOf } from './content.ts';
import { carryOver } from './gaps.ts';
import { outcomeOf, type Seen } from './outcome.ts';
import { type Found, readPages } from './pages.ts';
import type { Provider } from './provider.ts';
import type { Mapped, ResourceType } from './resource-type.ts';
import type { ScanJob } from './scanner.contract.ts';

export type Memory = Pick<Client<typeof historyContract>, 'known' | 'ingest' | 'observe' | 'resources'>;

export interface ScanParts {
  readonly provider: Provider;
  readonly memory: Memory;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** How long reading one unit may take, milliseconds. */
  readonly timeoutMs: number;
  /** Told of the resources read so far, a page at a time. */
  readonly onProgress?: (job: ScanJob, count: number) => void;
}

/** Ids of absent resources that one observation may name (see the contract of history.observe). */
const MAX_ABSENT = 100_000;

/**
 * Scans a unit and returns its coverage. What goes wrong with the cloud stands in the coverage; it rejects only when the
 * type is unknown (TYPE_UNKNOWN) or when the memory fails, with the memory's code.
 */
export async function scanUnit(job: ScanJob, parts: ScanParts, signal: AbortSignal): Promise<Coverage> {
  const type = parts.provider.types.get(job.unit.type);
  if (!type) throw elavaError('TYPE_UNKNOWN', `there is no resource type ${job.unit.type}`);
  const started = parts.clock.now();
  const limit = AbortSignal.timeout(parts.timeoutMs);
  const unit = new UnitScan(job, type, parts, AbortSignal.any([signal, limit]));
  const seen = await unit.run();
  const stopped =
    limit.aborted && !signal.aborted && codeOf(seen.stopped) === 'CANCELLED' ? tooLong(job.unit, parts) : seen.stopped;
  const outcome = outcomeOf({ ...seen, stopped });
  const { metrics, clock, memory, log } = parts;
  const finished = clock.now();
  const { type: name } = job.unit;
  metrics.scanUnitSeconds.labels(name, outcome.state, outcome.error).observe((finished - started) / 1000);
  metrics.scanResources.labels(name, 'read').inc(seen.count);
  metrics.scanResources.labels(name, 'sent').inc(unit.sent);
  if (outcome.error !== '')
    log.warn({ unit: unitKey(job.unit), scan: job.scan, ...outcome }, 'unit was not read whole');
  return memory.observe({
    scan: job.scan,
    unit: job.unit,
    started: new Date(started).toISOString(),
    finished: new Date(finished).toISOString(),
    ...outcome,
    count: seen.count,
    absent: outcome.state === 'complete' ? unit.absent() : [],
  });
}

function tooLong(unit: Unit, { timeoutMs }: ScanParts): Error {
  return elavaError('DEADLINE_EXCEEDED', `the scan of ${unitKey(unit)} took longer than ${timeoutMs / 1000} s`);
}

class UnitScan {
  readonly #job: ScanJob;
  readonly #type: ResourceType<unknown, unknown>;
  readonly #parts: ScanParts;
  readonly #signal: AbortSignal;
  readonly #batches: Batches;
  /** Hashes of the live resources, and of those that were seen now, by id. */
  readonly #known = new Map<string, string>();
  readonly #seen = new Map<string, string>();
  #gap: unknown;
  #anyWhole = false;
  sent = 0;

  constructor(job: ScanJob, type: ResourceType<unknown, unknown>, parts: ScanParts, signal: AbortSignal) {
    this.#job = job;
    this.#type = type;
    this.#parts = parts;
    this.#signal = signal;
    this.#batches = new Batches({
      ...job,
      now: () => parts.clock.now(),
      send: (batch) => parts.memory.ingest(batch),
    });
  }

  async run(): Promise<Seen> {
    await this.#loadKnown();
    const stopped = await this.#read();
    await this.#batches.flush();
    return { count: this.#seen.size, stopped, gap: this.#gap, anyWhole: this.#anyWhole };
  }

  /** Known ids that the listing did not return. */
  absent(): string[] {
    const absent: string[] = [];
    for (const id of this.#known.keys()) {
      if (!this.#seen.has(id) && absent.length < MAX_ABSENT) absent.push(id);
    }
    return absent;
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
    const { provider, onProgress } = this.#parts;
    const { unit } = this.#job;
    const pages = this.#pages();
    for (;;) {
      let page: IteratorResult<readonly Found[]>;
      try {
        page = await pages.next();
      } catch (error) {
        return this.#signal.aborted ? cancelled(this.#signal) : provider.explain(error, unit, this.#signal);
      }
      if (page.done) return undefined;
      for (const content of await this.#contents(page.value)) {
        // Most of a second scan is unchanged: a turn of the event loop for each would cost more than the comparison.
        const sending = this.#compare(content);
        if (sending) await sending;
      }
      onProgress?.(this.#job, this.#seen.size);
    }
  }

  async *#pages(): AsyncGenerator<readonly Found[]> {
    const context = await this.#parts.provider.open(this.#job.unit, this.#signal);
    yield* readPages(this.#type, context, this.#signal);
    if (this.#signal.aborted) throw cancelled(this.#signal);
  }

  async #contents(found: readonly Found[]): Promise<Content[]> {
    const whole = found
      .filter(({ gaps }) => gaps.length === 0)
      .map(({ mapped }) => this.#content(this.#resource(mapped)));
    const carried =
      whole.length === found.length ? [] : await this.#carried(found.filter(({ gaps }) => gaps.length > 0));
    const contents = carried.length > 0 ? [...whole, ...carried] : whole;
    this.#anyWhole ||= contents.length > 0;
    return contents;
  }

  /** The resources with gaps, as far as they can be told. */
  async #carried(gappy: readonly Found[]): Promise<Content[]> {
    this.#gap ??= gappy[0]?.gaps[0]?.error;
    const { memory } = this.#parts;
    const make = (mapped: Mapped): Resource => this.#resource(mapped);
    const { kept, resources } = await carryOver(gappy, { known: this.#known, memory, unit: this.#job.unit, make });
    for (const id of kept) this.#seen.set(id, this.#known.get(id) ?? '');
    return resources.map((resource) => this.#content(resource));
  }

  #resource(mapped: Mapped): Resource {
    return resourceOf(this.#parts.provider.name, this.#job.unit, mapped);
  }

  #content(resource: Resource): Content {
    return contentOf(resource, this.#type.volatile);
  }

  /** A resource that a moving listing returns twice counts once, as it was last. */
  #compare(content: Content): Promise<void> | undefined {
    const { resource, hash } = content;
    const { id } = resource;
    const before = this.#seen.get(id) ?? this.#known.get(id);
    this.#seen.set(id, hash);
    if (before === hash) return undefined;
    this.sent += 1;
    return this.#batches.add({ hash, resource }, jsonBytes(content));
  }
}

function cancelled(signal: AbortSignal): Error {
  return elavaError('CANCELLED', 'the scan was cancelled', { cause: signal.reason });
}
