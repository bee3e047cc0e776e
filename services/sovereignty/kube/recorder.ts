/** Writes Events about objects. The same Event again within a while raises a count; none is ever waited for. */
import { createHash } from 'node:crypto';
import { codeOf, messageOf } from '../../../lib/errors.ts';
import type { Logger } from '../../../lib/log.ts';
import type { Clock } from '../../../lib/time.ts';
import type { KubeClient } from './client.ts';
import { kinds } from './kinds.ts';
import type { KubeObject } from './objects.ts';

export interface Notice {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase: "Enforced". */
  readonly reason: string;
  readonly message: string;
}
interface Written {
  count: number;
  readonly first: string;
  readonly name: string;
  at: number;
}
export interface RecorderOptions {
  readonly client: KubeClient;
  readonly component: string;
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where Events about objects without a namespace go. */
  readonly namespace: string;
}

const SAME_MS = 600_000;
const MAX_KNOWN = 2000;
const MAX_IN_FLIGHT = 64;
/** Between two updates of one Event's count: a failure that repeats each second is one write a while. */
const QUIET_MS = 5000;

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #written = new Map<string, Written>();
  readonly #inFlight = new Set<Promise<void>>();
  #dropped = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Events that found no room. */
  get dropped(): number {
    return this.#dropped;
  }

  record(about: KubeObject, notice: Notice): void {
    if (this.#inFlight.size >= MAX_IN_FLIGHT) {
      this.#dropped += 1;
      return;
    }
    const write = this.#write(about, notice).catch((error: unknown) => {
      this.#options.log.debug({ code: codeOf(error), reason: messageOf(error) }, 'an event was not written');
    });
    this.#inFlight.add(write);
    void write.finally(() => this.#inFlight.delete(write));
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#inFlight);
  }

  async #write(about: KubeObject, notice: Notice): Promise<void> {
    const now = this.#options.clock.now();
    const key = JSON.stringify([about.metadata.uid, notice.type, notice.reason, notice.message]);
    const known = this.#written.get(key);
    if (known && now - known.at < SAME_MS) await this.#raise(about, known, now);
    else await this.#create(about, notice, { key, now });
  }

  async #raise(about: KubeObject, known: Written, now: number): Promise<void> {
    known.count += 1;
    if (now - known.at < QUIET_MS) return;
    known.at = now;
    const patch = { count: known.count, lastTimestamp: instant(now) };
    const ref = { namespace: about.metadata.namespace ?? this.#options.namespace, name: known.name };
    await this.#options.client.patch(kinds.event, ref, patch, { fieldManager: this.#options.component });
  }

  async #create(about: KubeObject, notice: Notice, { key, now }: { key: string; now: number }): Promise<void> {
    const digest = createHash('sha256').update(`${key}${now}`).digest('hex').slice(0, 12);
    const name = `${about.metadata.name.slice(0, 200)}.${digest}`;
    if (this.#written.size >= MAX_KNOWN) this.#written.delete(this.#written.keys().next().value ?? '');
    this.#written.set(key, { count: 1, first: instant(now), name, at: now });
    const namespace = about.metadata.namespace ?? this.#options.namespace;
    await this.#options.client.create(kinds.event, {
      metadata: { name, namespace },
      involvedObject: {
        apiVersion: about.apiVersion,
        kind: about.kind,
        name: about.metadata.name,
        ...(about.metadata.namespace === undefined ? {} : { namespace: about.metadata.namespace }),
        uid: about.metadata.uid,
        resourceVersion: about.metadata.resourceVersion,
      },
      ...notice,
      message: notice.message.slice(0, 1000),
      count: 1,
      firstTimestamp: instant(now),
      lastTimestamp: instant(now),
      source: { component: this.#options.component, host: this.#options.instance },
      reportingComponent: this.#options.component,
      reportingInstance: this.#options.instance,
    });
  }
}

function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
