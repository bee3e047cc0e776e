/** Shares requests out among the gateways that say that they are ready, as a Service of Kubernetes does. */
import { setTimeout as pause } from 'node:timers/promises';
import type { LocalCluster, Part } from '../../scripts/cluster-processes.ts';

const LOOK_MS = 250;

export class Balancer {
  readonly #cluster: LocalCluster;
  /** Process → its address: what it said first is not kept for ever. */
  readonly #known = new Map<string, string>();
  /** Process → whether it said last that it is ready. */
  readonly #ready = new Map<string, boolean>();
  /** Addresses of those that are ready. */
  #urls: readonly string[] = [];
  #turn = 0;

  constructor(cluster: LocalCluster, over: AbortSignal) {
    this.#cluster = cluster;
    void this.#look(over);
  }

  /** Resolves when there is one. */
  async ready(): Promise<void> {
    while (this.#urls.length === 0) await pause(LOOK_MS);
  }

  next(): string {
    this.#turn += 1;
    return this.#urls[this.#turn % this.#urls.length] ?? '';
  }

  async #look(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const gateways = [...this.#cluster.parts.values()].filter(({ name }) => name.startsWith('gateway'));
      // One that does not say anything in time is what it was: a Service takes three such answers for a no.
      for (const { name, url } of gateways)
        this.#ready.set(name, (await isReady(url)) ?? this.#ready.get(name) ?? false);
      this.#urls = gateways.filter(({ name }) => this.#ready.get(name)).flatMap((part) => this.#addressOf(part));
      await pause(LOOK_MS);
    }
  }

  /** A process says its address when it serves. */
  #addressOf({ name, said }: Part): string[] {
    const [, url = this.#known.get(name)] = /serves (http:\S+)/.exec(said()) ?? [];
    if (url === undefined) return [];
    this.#known.set(name, url);
    return [url];
  }
}

async function isReady(url: string): Promise<boolean | undefined> {
  try {
    return (await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? undefined : false;
  }
}
