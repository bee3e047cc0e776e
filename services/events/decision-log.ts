/** The decision log: what tenants were answered, masked by their own policy, kept in the memory and sent to a collector. */
import { gzipSync } from 'node:zlib';
import type { Client } from '../../lib/contract.ts';
import { send } from '../../lib/outbound/post.ts';
import type { DecisionRecord } from '../../lib/policy-event/record.ts';
import type { Runtime } from '../../lib/runtime.ts';
import { version } from '../../lib/version.ts';
import type { historyContract } from '../history/history.contract.ts';
import type { policyContract } from '../policy/policy.contract.ts';
import { Batcher } from './batcher.ts';
import { type DecisionEvent, eventOfDecision, masked, withoutContent } from './decision-event.ts';
import type { ConsumerState } from './events.contract.ts';

export interface DecisionLogOptions {
  readonly runtime: Pick<Runtime, 'config' | 'log' | 'metrics'>;
  readonly node: string;
  readonly history: Pick<Client<typeof historyContract>, 'decided'>;
  readonly policy: Pick<Client<typeof policyContract>, 'askTenant' | 'tenants'>;
}
interface Row {
  readonly record: DecisionRecord;
  readonly event: DecisionEvent;
}

/** Decisions that are looked at at once: each may ask the tenant's mask. */
const maskingAtOnce = 4;
const uploadBatch = 500;

export class DecisionLog {
  readonly #options: DecisionLogOptions;
  readonly #batchers: Batcher<Row>[];
  readonly #waiting: DecisionRecord[] = [];
  readonly #hasMask = new Map<string, boolean>();
  #masking = 0;

  constructor(options: DecisionLogOptions) {
    this.#options = options;
    const { upload } = options.runtime.config.decisions;
    const store = this.#batcher('decision_log', 1000, 1000, (rows) => this.#store(rows));
    const sent = this.#batcher('decision_upload', uploadBatch, upload.interval, (rows, signal) =>
      this.#upload(rows, signal),
    );
    this.#batchers = upload.url === '' ? [store] : [store, sent];
  }

  get states(): ConsumerState[] {
    return this.#batchers.map(({ state }) => state);
  }

  /** Never throws and never waits. */
  take(record: DecisionRecord): void {
    const { config, metrics } = this.#options.runtime;
    this.#waiting.push(record);
    if (this.#waiting.length > config.decisions.buffer) {
      this.#waiting.shift();
      metrics.eventsDropped.labels('decision_log').inc();
    }
    while (this.#masking < maskingAtOnce && this.#waiting.length > 0) {
      this.#masking += 1;
      void this.#work();
    }
  }

  async close(): Promise<void> {
    const deadline = Date.now() + 2000;
    while (this.#masking > 0 && Date.now() < deadline) await new Promise((go) => setTimeout(go, 10));
    await Promise.all(this.#batchers.map((batcher) => batcher.close()));
  }

  async #work(): Promise<void> {
    for (let record = this.#waiting.shift(); record; record = this.#waiting.shift()) {
      const event = await this.#masked(record);
      if (event) for (const batcher of this.#batchers) batcher.push({ record, event });
    }
    this.#masking -= 1;
  }

  /** Undefined where the tenant's `system.log.drop` says that it is not to be logged. */
  async #masked(record: DecisionRecord): Promise<DecisionEvent | undefined> {
    const event = eventOfDecision(record, { id: this.#options.node, version });
    try {
      if (!(await this.#asks(record))) return event;
      const paths = [
        ['system', 'log', 'mask'],
        ['system', 'log', 'drop'],
      ];
      const { answers } = await this.#options.policy.askTenant({
        tenant: record.tenant,
        questions: [{ paths, input: event }],
      });
      const [answer] = answers;
      if (!answer || answer.error) return withoutContent(event);
      const [mask, drop] = answer.values.map(({ result }) => result);
      if (drop === true) return undefined;
      return Array.isArray(mask) ? masked(event, mask) : event;
    } catch (error) {
      this.#options.runtime.log.warn({ tenant: record.tenant, error }, 'the mask of a decision could not be asked');
      return withoutContent(event);
    }
  }

  /** Whether the bundle that decided has a package system.log; remembered by its digest. */
  async #asks({ tenant, bundle }: DecisionRecord): Promise<boolean> {
    const key = `${tenant} ${bundle}`;
    const known = this.#hasMask.get(key);
    if (known !== undefined) return known;
    const { tenants } = await this.#options.policy.tenants({ tenant });
    const found = tenants[0]?.packages.includes('system.log') ?? false;
    if (this.#hasMask.size > 20_000) this.#hasMask.clear();
    this.#hasMask.set(key, found);
    return found;
  }

  #batcher(
    name: string,
    batch: number,
    everyMs: number,
    flush: (rows: readonly Row[], signal: AbortSignal) => Promise<void>,
  ) {
    const { config, metrics, log } = this.#options.runtime;
    return new Batcher<Row>({
      name,
      flush,
      batch,
      everyMs,
      size: config.decisions.buffer,
      onDone: (count) => metrics.eventsDelivered.labels(name).inc(count),
      onLost: (count) => metrics.eventsDropped.labels(name).inc(count),
      log,
    });
  }

  async #store(rows: readonly Row[]): Promise<void> {
    const decisions = rows.map(({ record, event }) => {
      const { id, tenant, at, path, effect, allowed, error, principal, bundle, micros } = record;
      return { id, tenant, at, path, effect, allowed, error, principal, bundle, micros, event: JSON.stringify(event) };
    });
    await this.#options.history.decided({ decisions });
  }

  /** As OPA sends it: a JSON array, packed. */
  async #upload(rows: readonly Row[], signal: AbortSignal): Promise<void> {
    const { decisions, events } = this.#options.runtime.config;
    const { url, token } = decisions.upload;
    const body = gzipSync(JSON.stringify(rows.map(({ event }) => event)));
    const headers = {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(30_000)]);
    await send({ url, headers, body }, { allowPrivate: events.allow_private, signal: limit });
  }
}
