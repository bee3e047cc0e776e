/**
 * Judging an estate whole: rows with history and context fetched from the memory, judged, changed results stored; beside
 * the pool alone on the same rows. `--scale 25` is a million resources.
 */
import { createLogger } from '../lib/log.ts';
import type { Resource, Unit } from '../lib/resource.ts';
import { Judge } from '../services/policy/judge.ts';
import { PolicyPool } from '../services/policy/pool.ts';
import { type Bench, openBench, roundHash, settle } from './history-setup.ts';
import { policyRows, now as start } from './policy-inputs.ts';
import { cpuOf, shippedBundle, shippedSettings } from './policy-setup.ts';
import type { Scenario } from './scenario.ts';

const unitSize = 2000;
const taskSize = 200;
const dayMs = 86_400_000;
/** One in so many resources changes between two rounds: 2 % a day. */
const changing = 50;

interface EstateUnit {
  readonly unit: Unit;
  readonly resources: readonly Resource[];
}
interface Round {
  readonly round: number;
  /** ISO 8601. */
  readonly at: string;
}

export const scenario: Scenario = {
  name: 'judge.estate',
  peer: 'the pool alone on the same rows',
  target: 0.5,
  unit: 'resources/CPU-s',
  better: 'higher',
  async run({ rounds, scale }) {
    const [bench, bundle] = [await openBench(), await shippedBundle()];
    const units = estate(Math.round(40_000 * scale));
    const count = units.reduce((sum, { resources }) => sum + resources.length, 0);
    const pool = new PolicyPool({ threads: 2, deadlineMs: 60_000, maxQueue: count });
    const run = { bundle, settings: shippedSettings(), signal: new AbortController().signal };
    const figures = { ours: [] as number[], peer: [] as number[] };
    try {
      // The first round stores what the policies say of all of them; it warms up and does not count.
      for (let round = 0; round <= rounds; round++) {
        const at = new Date(Date.parse(start) + round * dayMs).toISOString();
        await scan(bench, units, { round, at });
        await settle(bench);
        globalThis.gc?.();
        const ours = await cpuOf(() => judgeAll(bench, pool, { run, at, count }));
        const pages = await pagesOf(bench, units);
        const peer = await cpuOf(() => Promise.all(pages.map((lines) => pool.judge({ ...run, lines }, at))));
        if (round === 0) continue;
        figures.ours.push(count / (ours / 1000));
        figures.peer.push(count / (peer / 1000));
      }
    } finally {
      await pool.close();
      await bench.close();
    }
    return figures;
  },
};

type Run = Parameters<Judge['run']>[0];

/** As the service does it, twelve hours being how long a judgement is good for. */
async function judgeAll(
  bench: Bench,
  pool: PolicyPool,
  { run, at, count }: { readonly run: Run; readonly at: string; readonly count: number },
): Promise<void> {
  const judge = new Judge({
    history: bench.history,
    pool,
    clock: { now: () => Date.parse(at) },
    log: createLogger({ level: 'warn' }),
    batch: taskSize,
    pages: 4,
    intervalMs: dayMs / 2,
  });
  const { judged } = await judge.run(run);
  if (judged !== count) throw new Error(`judged ${judged} of ${count}`);
  judge.close();
  await settle(bench);
}

function estate(count: number): EstateUnit[] {
  const byType = Map.groupBy(policyRows(count), ({ resource }) => resource.type);
  return [...byType].flatMap(([type, rows]) =>
    Array.from({ length: Math.ceil(rows.length / unitSize) }, (_, i) => {
      const unit = { account: String(210_000_000_000 + i), region: 'eu-west-1', type };
      const own = rows.slice(i * unitSize, (i + 1) * unitSize);
      return { unit, resources: own.map(({ resource }) => ({ ...resource, ...unit })) };
    }),
  );
}

/** What a scan of the round would send: all of it at first, then what has changed. */
async function scan({ history }: Bench, units: readonly EstateUnit[], { round, at }: Round): Promise<void> {
  const id = `s${round}`;
  for (const { unit, resources } of units) {
    const changed = resources
      .map((resource, n) => ({
        hash: roundHash(n, round),
        resource: { ...resource, tags: { ...resource.tags, round: id } },
      }))
      .filter((_, n) => round === 0 || (n + round) % changing === 0);
    await history.ingest({ batch: `${id}/${unit.type}/${unit.account}`, scan: id, unit, at, resources: changed });
    const seen = { scan: id, unit, started: at, finished: at, count: resources.length, absent: [] };
    await history.observe({ ...seen, state: 'complete', error: '', detail: '' });
  }
}

/** The rows as the judge gets them, as many a page as one task has. */
async function pagesOf({ history }: Bench, units: readonly EstateUnit[]): Promise<string[]> {
  const { revision: upto } = await history.status({});
  const pages: string[] = [];
  for (const { unit } of units) {
    const { lines } = await history.judging({ unit, upto, join: [], limit: unitSize });
    const rows = lines.trimEnd().split('\n');
    for (let from = 0; from < rows.length; from += taskSize) pages.push(rows.slice(from, from + taskSize).join('\n'));
  }
  return pages;
}
