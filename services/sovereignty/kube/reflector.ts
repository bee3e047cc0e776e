/** A copy of a collection, kept up to date: listed once, then watched; whatever breaks, it goes on. */
import { codeOf, messageOf } from '../../../lib/errors.ts';
import type { Logger } from '../../../lib/log.ts';
import { sleep } from '../../../lib/time.ts';
import { refusalOf } from './api-errors.ts';
import type { KubeClient } from './client.ts';
import type { Kind } from './kinds.ts';
import { type KubeObject, keyOf } from './objects.ts';
import { watch } from './watch.ts';

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: KubeClient;
  readonly kind: Kind;
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** What is kept of an object: a copy of every pod with all its fields would not fit. */
  readonly project?: (object: T) => T;
  /** `now` or `before` is undefined when it came or went. */
  readonly onChange: (key: string, now: T | undefined, before: T | undefined) => void;
  readonly log: Logger;
  /** See WatchOptions; 90,000: the server sends a bookmark each minute. */
  readonly idleMs?: number;
  /** For a kind that may not be served, such as one of an add-on: polled for, not an error. */
  readonly optional?: boolean;
}

const PAGE = 500;
const WATCH_SECONDS = 240;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #held = new Map<string, T>();
  readonly #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  #version = '';
  #lists = 0;
  #watches = 0;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
  }

  /** Resolves when the first list is complete, or the kind is known not to be served. */
  get synced(): Promise<void> {
    return this.#ready.promise;
  }

  get(key: string): T | undefined {
    return this.#held.get(key);
  }

  keys(): IterableIterator<string> {
    return this.#held.keys();
  }

  values(): IterableIterator<T> {
    return this.#held.values();
  }

  get size(): number {
    return this.#held.size;
  }

  /** How often it had to list and to watch: one list and a few watches an hour when all is well. */
  get stats(): { readonly lists: number; readonly watches: number } {
    return { lists: this.#lists, watches: this.#watches };
  }

  /**
   * Takes an object in, unless a newer one is held: a write of ours returns what the watch tells later, and what it tells
   * in between is old. A list does not pass here: after a restore of etcd, versions are lower and still right.
   */
  learn(object: T): void {
    const held = this.#held.get(keyOf(object.metadata));
    if (!held || !newer(held, object)) this.#put(object);
  }

  /** Lets go of an object that a write of ours ended, before the watch tells. */
  drop(key: string): void {
    this.#remove(key);
  }

  /** Runs until `signal` aborts; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    let delay = FIRST_DELAY_MS;
    while (!signal.aborted) {
      try {
        if (this.#version === '') await this.#list(signal);
        const events = await this.#follow(signal);
        delay = FIRST_DELAY_MS;
        if (events === 0) await sleep(FIRST_DELAY_MS, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#note(error, delay);
        const asked = refusalOf(error)?.retryAfterMs ?? 0;
        await sleep(Math.max(asked, delay * (0.75 + Math.random() / 2)), signal).catch(() => undefined);
        delay = Math.min(delay * 2, LONGEST_DELAY_MS);
      }
    }
  }

  /** An old version means to list again; a kind that is not served has nothing in it. */
  #note(error: unknown, delay: number): void {
    const code = codeOf(error);
    const { kind, log, optional } = this.#options;
    if (code === 'KUBE_GONE' || code === 'KUBE_NOT_FOUND') this.#version = '';
    if (code === 'KUBE_NOT_FOUND' && optional) {
      for (const key of this.#held.keys()) this.#remove(key);
      this.#ready.resolve();
    } else {
      log.warn({ kind: kind.kind, code, reason: messageOf(error), delay: Math.round(delay) }, 'watch broke');
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, kind, namespace, labelSelector } = this.#options;
    const seen = new Set<string>();
    let next = '';
    do {
      const page = await client.list<T>(
        kind,
        {
          limit: PAGE,
          continue: next,
          ...(namespace === undefined ? {} : { namespace }),
          ...(labelSelector === undefined ? {} : { labelSelector }),
        },
        signal,
      );
      for (const object of page.items) seen.add(this.#put(object));
      next = page.continue;
      if (next === '') this.#version = page.resourceVersion;
    } while (next !== '');
    for (const key of this.#held.keys()) if (!seen.has(key)) this.#remove(key);
    this.#lists += 1;
    this.#ready.resolve();
  }

  /** Gives the number of events; zero from a server that ends every watch at once, which must not be hammered. */
  async #follow(signal: AbortSignal): Promise<number> {
    const { client, kind, namespace, labelSelector, idleMs = 90_000 } = this.#options;
    let events = 0;
    this.#watches += 1;
    const stream = watch<T>(client, kind, {
      resourceVersion: this.#version,
      seconds: WATCH_SECONDS + Math.floor(Math.random() * 60),
      idleMs,
      signal,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
    });
    for await (const { type, object } of stream) {
      events += 1;
      this.#version = object.metadata.resourceVersion ?? this.#version;
      if (type === 'DELETED') this.#remove(keyOf(object.metadata));
      else if (type !== 'BOOKMARK') this.learn(object);
    }
    return events;
  }

  #put(object: T): string {
    const key = keyOf(object.metadata);
    const before = this.#held.get(key);
    if (before?.metadata.resourceVersion === object.metadata.resourceVersion) return key;
    const now = this.#project(object);
    this.#held.set(key, now);
    this.#options.onChange(key, now, before);
    return key;
  }

  #remove(key: string): void {
    const before = this.#held.get(key);
    if (before === undefined) return;
    this.#held.delete(key);
    this.#options.onChange(key, undefined, before);
  }

  #project(object: T): T {
    return this.#options.project?.(object) ?? object;
  }
}

/** Versions of one collection are whole numbers that grow. */
function newer(a: KubeObject, b: KubeObject): boolean {
  const [left, right] = [a.metadata.resourceVersion ?? '', b.metadata.resourceVersion ?? ''];
  return left.length > right.length || (left.length === right.length && left > right);
}
