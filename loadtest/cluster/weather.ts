/** Bad weather between one process and what it needs: nothing gets through for a while, or late, or connections are reset. */
import { setTimeout as pause } from 'node:timers/promises';
import type { LocalCluster } from '../../scripts/cluster-processes.ts';

/** A partition lasts longer than a lease of three seconds, so that whoever leads loses it. */
const HELD_MS = 4000;
const DELAYED_MS = 4000;
const DELAY_MS = 150;

const kinds = ['held', 'delayed', 'reset'] as const;
const links = ['nats', 'store'] as const;

export class Weather {
  readonly #cluster: LocalCluster;
  readonly #next: () => number;
  /** What there was → how often. */
  readonly counts: Record<string, number> = {};

  constructor(cluster: LocalCluster, next: () => number) {
    this.#cluster = cluster;
    this.#next = next;
  }

  /** Resolves when it is over. */
  async strike(process: string): Promise<void> {
    const kind = this.#one(kinds);
    const link = this.#one(links);
    const what = `${kind} ${link}`;
    this.counts[what] = (this.counts[what] ?? 0) + 1;
    const line = this.#cluster.lines.get(process)?.[link];
    if (kind === 'reset') return line?.reset();
    if (kind === 'held') line?.hold();
    else line?.delay(DELAY_MS);
    await pause(kind === 'held' ? HELD_MS : DELAYED_MS);
    line?.heal();
  }

  #one<T>(of: readonly T[]): T {
    return of[Math.floor(this.#next() * of.length)] as T;
  }
}
