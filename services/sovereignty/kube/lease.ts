/** Who leads: one replica at a time, by a Lease, with a fence that a write passes only while the Lease is surely ours. */
import { codeOf, elavaError, messageOf } from '../../../lib/errors.ts';
import type { Logger } from '../../../lib/log.ts';
import { type Clock, sleep } from '../../../lib/time.ts';
import type { KubeClient } from './client.ts';
import { kinds } from './kinds.ts';
import type { KubeObject } from './objects.ts';

export interface LeaseOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  /** Others take over after so long without a renewal. */
  readonly durationMs: number;
  readonly retryMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}
interface LeaseObject extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}
/** A span of leading. */
export interface Term {
  /** Grows with every change of leader: written into what the leader writes. */
  readonly token: number;
  /** Aborts when the term is over. */
  readonly signal: AbortSignal;
  /** Throws NOT_LEADER unless the Lease stays ours for a while; a write's signal ends before the Lease does. */
  fence(): AbortSignal;
}

/** A write must have ended so long before another may lead. */
const MARGIN_SHARE = 0.2;

/** What a candidate saw of the Lease, and when by its own clock: clocks of two machines are never compared. */
interface Seen {
  readonly version: string;
  readonly at: number;
}

export class Lease {
  readonly #options: LeaseOptions;
  #seen: Seen = { version: '', at: 0 };
  #leading = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  get leading(): boolean {
    return this.#leading;
  }

  /** Candidates until `signal` aborts; `lead` runs while we lead and is waited for when the term ends. */
  async run(signal: AbortSignal, lead: (term: Term) => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      const held = await this.#try(signal);
      if (held) await this.#serve(held, signal, lead);
      else await sleep(this.#options.retryMs * (1 + Math.random() / 5), signal).catch(() => undefined);
    }
  }

  async #try(signal: AbortSignal): Promise<LeaseObject | undefined> {
    try {
      return await this.#acquire(signal);
    } catch (error) {
      if (!signal.aborted && codeOf(error) !== 'KUBE_CONFLICT') {
        this.#options.log.warn({ code: codeOf(error), reason: messageOf(error) }, 'the lease cannot be read or taken');
      }
      return undefined;
    }
  }

  async #acquire(signal: AbortSignal): Promise<LeaseObject | undefined> {
    const { client, namespace, name } = this.#options;
    const found = await client.get<LeaseObject>(kinds.lease, { namespace, name }, signal);
    if (!found) {
      const metadata = { namespace, name };
      return await client.create<LeaseObject>(kinds.lease, { metadata, spec: this.#spec(0, undefined) }, { signal });
    }
    if (!this.#isFree(found)) return undefined;
    const token = (found.spec?.leaseTransitions ?? 0) + 1;
    return await client.replace<LeaseObject>(
      kinds.lease,
      { ...found, spec: this.#spec(token, undefined) } as LeaseObject,
      signal,
    );
  }

  /** Ours, given back, or not renewed for its duration as our own clock has it. */
  #isFree({ metadata, spec }: LeaseObject): boolean {
    const { identity, durationMs } = this.#options;
    const version = metadata.resourceVersion ?? '';
    if (version !== this.#seen.version) this.#seen = { version, at: performance.now() };
    const holder = spec?.holderIdentity ?? '';
    const theirs = Math.max(durationMs, (spec?.leaseDurationSeconds ?? 0) * 1000);
    return holder === '' || holder === identity || performance.now() - this.#seen.at > theirs;
  }

  #spec(leaseTransitions: number, acquired: string | undefined): object {
    const now = new Date(this.#options.clock.now()).toISOString().replace('Z', '000Z');
    return {
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: Math.max(1, Math.round(this.#options.durationMs / 1000)),
      acquireTime: acquired ?? now,
      renewTime: now,
      leaseTransitions,
    };
  }

  async #serve(first: LeaseObject, signal: AbortSignal, lead: (term: Term) => Promise<void>): Promise<void> {
    const over = new AbortController();
    const ended = AbortSignal.any([signal, over.signal]);
    const until = { at: performance.now() + this.#options.durationMs * (1 - MARGIN_SHARE) };
    const token = first.spec?.leaseTransitions ?? 0;
    const term: Term = { token, signal: ended, fence: () => fenceOf(until.at, ended) };
    this.#leading = true;
    this.#options.log.info({ term: token }, 'leads');
    const work = lead(term).catch((error: unknown) => {
      this.#options.log.error({ error }, 'the work of the leader failed');
    });
    const last = await this.#renew(first, until, ended);
    over.abort(elavaError('NOT_LEADER', 'the lease was lost'));
    this.#leading = false;
    await work;
    this.#options.log.info({ term: token }, 'leads no more');
    if (signal.aborted) await this.#release(last);
  }

  /** Renews until the Lease is lost or the run ends; gives the Lease as it was last. */
  async #renew(first: LeaseObject, until: { at: number }, signal: AbortSignal): Promise<LeaseObject> {
    const { client, durationMs, retryMs } = this.#options;
    let held = first;
    while (!signal.aborted && performance.now() < until.at) {
      await sleep(Math.min(retryMs, durationMs / 5), signal).catch(() => undefined);
      if (signal.aborted) break;
      const start = performance.now();
      try {
        const spec = this.#spec(held.spec?.leaseTransitions ?? 0, held.spec?.acquireTime);
        const limit = AbortSignal.any([signal, AbortSignal.timeout(Math.max(1, Math.ceil(until.at - start)))]);
        held = await client.replace<LeaseObject>(kinds.lease, { ...held, spec } as LeaseObject, limit);
        until.at = start + durationMs * (1 - MARGIN_SHARE);
      } catch (error) {
        if (codeOf(error) === 'KUBE_CONFLICT' || codeOf(error) === 'KUBE_NOT_FOUND') break;
        this.#options.log.warn({ code: codeOf(error), reason: messageOf(error) }, 'the lease was not renewed');
      }
    }
    return held;
  }

  /** So that the next one need not wait for the Lease to run out. */
  async #release(held: LeaseObject): Promise<void> {
    const { client, namespace, name } = this.#options;
    const patch = {
      metadata: { resourceVersion: held.metadata.resourceVersion },
      spec: { holderIdentity: '', leaseDurationSeconds: 1 },
    };
    try {
      await client.patch(kinds.lease, { namespace, name }, patch, { fieldManager: 'elava-sovereignty' });
    } catch (error) {
      this.#options.log.warn({ code: codeOf(error), reason: messageOf(error) }, 'the lease was not released');
    }
  }
}

function fenceOf(until: number, ended: AbortSignal): AbortSignal {
  const left = until - performance.now();
  if (ended.aborted || left <= 0) throw elavaError('NOT_LEADER', 'the lease is not surely ours any more');
  return AbortSignal.any([ended, AbortSignal.timeout(Math.ceil(left))]);
}
