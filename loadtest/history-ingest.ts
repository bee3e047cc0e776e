/** Changed resources through the service (known state read, compared, logged, made current) beside the bare client. */
import { createTable, insertColumns } from '../lib/clickhouse/table.ts';
import { resourceLog } from '../lib/clickhouse/tables/resources.ts';
import type { Resource, Unit } from '../lib/resource.ts';
import { type Bench, cpuRate, instance, openBench, roundHash } from './history-setup.ts';
import type { Scenario } from './scenario.ts';

/** Versions of a unit; a scanner sends them in batches of half a megabyte, from several units at once. */
const UNIT = 1200;
const BATCH = 400;
const SCANNERS = 8;
/** Rows of one insert of the peer, at least: where it is fastest. */
const INSERT = 5000;

interface Batch {
  readonly unit: Unit;
  readonly items: readonly { readonly hash: string; readonly resource: Resource }[];
}

export const scenario: Scenario = {
  name: 'history.ingest',
  peer: '@clickhouse/client, the same rows of the log, only inserted',
  target: 0.7,
  unit: 'versions/CPU-s',
  better: 'higher',
  async run({ rounds, scale }) {
    const bench = await openBench();
    const figures = { ours: [] as number[], peer: [] as number[] };
    const units = Math.max(1, Math.round(16 * scale));
    try {
      const sql = createTable({ ...resourceLog, name: 'bare_log' }, 1).replaceAll(/\{\w+\}/g, '');
      await bench.bare.run(sql);
      // Round 0 makes the estate and warms both up.
      for (let round = 0; round <= rounds; round += 1) {
        const batches = estate(units, round);
        const mine = await cpuRate(bench, () => ingest(bench, batches, round));
        const theirs = await cpuRate(bench, () => insert(bench, batches, round));
        if (round === 0) await observe(bench, batches);
        if (round === 0) continue;
        figures.ours.push(mine);
        figures.peer.push(theirs);
      }
    } finally {
      await bench.close();
    }
    return figures;
  },
};

function estate(units: number, round: number): Batch[] {
  return Array.from({ length: units }, (_, u) => {
    const unit = { account: String(100_000_000_000 + u), region: 'eu-west-1', type: 'ec2' };
    const items = Array.from({ length: UNIT }, (_one, n) => ({
      hash: roundHash(u * UNIT + n, round),
      resource: instance(unit, u * UNIT + n, round),
    }));
    return { unit, items };
  });
}

const instantOf = (round: number): number => Date.parse('2026-11-16T00:00:00Z') + round * 3_600_000;

async function ingest({ history }: Bench, units: readonly Batch[], round: number): Promise<number> {
  let written = 0;
  const at = new Date(instantOf(round)).toISOString();
  const queue = units.values();
  const scanner = async (): Promise<void> => {
    for (const { unit, items } of queue) {
      for (let from = 0; from < UNIT; from += BATCH) {
        const resources = items.slice(from, from + BATCH);
        const answer = await history.ingest({ batch: `${round}/${from}`, scan: `s${round}`, unit, at, resources });
        written += answer.written;
      }
    }
  };
  await Promise.all(Array.from({ length: SCANNERS }, scanner));
  if (written !== units.length * UNIT) throw new Error(`${written} versions were written`);
  return written;
}

/** From then on the units are no baseline any more. */
async function observe({ history }: Bench, units: readonly Batch[]): Promise<void> {
  const at = new Date(instantOf(0)).toISOString();
  const whole = {
    started: at,
    finished: at,
    state: 'complete',
    error: '',
    detail: '',
    count: UNIT,
    absent: [],
  } as const;
  await Promise.all(units.map(({ unit }) => history.observe({ scan: 's0', unit, ...whole, absent: [] })));
}

/** As the log has them. The peer reads nothing, compares nothing and keeps no current state. */
function logRows({ unit, items }: Batch, round: number): Record<string, unknown>[] {
  const at = instantOf(round);
  return items.map(({ hash, resource }) => ({
    ...unit,
    id: resource.id,
    rev: String(round + 1),
    at,
    hash: BigInt(`0x${hash}`).toString(),
    name: resource.name,
    status: resource.status,
    state_since: at,
    first_seen: at,
    tags: resource.tags,
    body: JSON.stringify(resource),
    kind: round === 0 ? 'appeared' : 'modified',
    delta: round === 0 ? 1 : 0,
    prev_hash: BigInt(`0x${hash}`).toString(),
    prev_rev: String(round),
    scan: `s${round}`,
    baseline: round === 0,
    ref_ids: resource.refs,
  }));
}

async function insert({ bare }: Bench, units: readonly Batch[], round: number): Promise<number> {
  const columns = insertColumns(resourceLog) as [string, ...string[]];
  let written = 0;
  let values: Record<string, unknown>[] = [];
  for (const [i, unit] of units.entries()) {
    values.push(...logRows(unit, round));
    if (values.length < INSERT && i < units.length - 1) continue;
    await bare.client.insert({ table: 'bare_log', columns, values, format: 'JSONEachRow' });
    written += values.length;
    values = [];
  }
  return written;
}
