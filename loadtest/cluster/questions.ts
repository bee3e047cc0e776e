/** Questions at a steady rate, whether or not those before were answered; what became of them. */
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf, messageOf } from '../../lib/errors.ts';
import { type Estate, withClient } from '../../scripts/cluster-client.ts';
import type { LocalCluster } from '../../scripts/cluster-processes.ts';
import { Balancer } from './balancer.ts';

export interface Tally {
  asked: number;
  /** What went wrong → how often. */
  readonly failures: Map<string, number>;
  /** Milliseconds of each question, in the order in which they were answered. */
  readonly took: number[];
}

export interface Asking {
  /** Questions a second. */
  readonly rate: number;
  /** Makes what is asked as the nth question. */
  readonly questions: (estate: Estate, gateways: Balancer) => (n: number) => Promise<unknown>;
}

/** Asks a cluster steadily, over the bus and through its gateways, while `work` is done to it. */
export async function askWhile(
  cluster: LocalCluster,
  { rate, questions }: Asking,
  work: () => Promise<void>,
): Promise<Tally> {
  const over = new AbortController();
  const gateways = new Balancer(cluster, over.signal);
  return withClient(cluster, async (estate) => {
    await gateways.ready();
    const asking = askSteadily(rate, questions(estate, gateways), over.signal);
    try {
      await work();
    } finally {
      over.abort();
    }
    return asking;
  });
}

/** Asks `perSecond` questions a second until the signal aborts; every one of them is waited for. */
async function askSteadily(
  perSecond: number,
  question: (n: number) => Promise<unknown>,
  over: AbortSignal,
): Promise<Tally> {
  const tally: Tally = { asked: 0, failures: new Map(), took: [] };
  const open = new Set<Promise<void>>();
  const one = async (n: number): Promise<void> => {
    const begun = performance.now();
    try {
      await question(n);
    } catch (error) {
      const what = `${codeOf(error)} ${messageOf(error)} ${messageOf((error as Error).cause ?? '')}`.slice(0, 160);
      tally.failures.set(what, (tally.failures.get(what) ?? 0) + 1);
    }
    tally.took.push(performance.now() - begun);
  };
  for (let next = performance.now(); !over.aborted; next += 1000 / perSecond) {
    await pause(Math.max(0, next - performance.now()));
    const asking = one(tally.asked++).finally(() => open.delete(asking));
    open.add(asking);
  }
  await Promise.all(open);
  return tally;
}

export function tallyText({ asked, failures, took }: Tally): string {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    `${((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) / 1000).toFixed(2)} s`;
  const failed = [...failures.values()].reduce((sum, count) => sum + count, 0);
  return [
    `${asked} questions, ${failed} failed; p50 ${at(0.5)}, p99 ${at(0.99)}, the slowest ${at(1)}`,
    ...[...failures].map(([what, count]) => `  ${count} × ${what}`),
  ].join('\n');
}

/** What a client of HTTP asks, once. */
export async function get(url: string, init: RequestInit = {}): Promise<string> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return text;
}
