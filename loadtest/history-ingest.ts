/** Changed resources through the service (known state read, compared, logged, made current) beside the bare client. */
import { createTable, insertColumns } from '../lib/clickhouse/table.ts';
import { resourceLog } from '../lib/clickhouse/tables/resources.ts';
import type { Resource, Unit } from '../lib/resource.ts';
import { hashToStore } from '../services/history/content-hash.ts';
import { type Bench, cpuRate, instance, openBench, roundHash } from './history-setup.ts';
import type { Scenario } from './scenario.ts';

/** Versions of a unit; a scanner sends them in batches of half a megabyte, from several units at once. */
const UNIT = 2000;
const BATCH = 400;
const SCANNERS = 8;
/** Rows of one insert of the peer: where it is fastest. */
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
    const units = Math.max(1, Math.round(10 * scale));
    try {
      const sql = createTable({ ...resourceLog, name: 'bare_log' }, 1).replaceAll(/\{\w+\}/g, '');
      await bench.bare.run(sql);
      // Round 0 makes the estate and warms both up.
      for (let round = 0; round <= rounds; round += 1) {
        const batches = estate(units, round);
        const rows = batches.flatMap((batch) => logRows(batch, round));
        const mine = await cpuRate(bench, () => ingest(bench, batches, round));
        const theirs = await cpuRate(bench, () => insert(bench, rows));
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

/** As the log has them, ready to be sent: the peer reads nothing, compares nothing and keeps no current state. */
function logRows({ unit, items }: Batch, round: number): Record<string, unknown>[] {
  const at = instantOf(round);
  return items.map(({ hash, resource }) => ({
    ...unit,
    id: resource.id,
    rev: String(round + 1),
    at,
    hash: hashToStore(hash),
    name: resource.name,
    status: resource.status,
    state_since: at,
    first_seen: at,
    tags: resource.tags,
    body: JSON.stringify(resource),
    kind: round === 0 ? 'appeared' : 'modified',
    delta: round === 0 ? 1 : 0,
    prev_hash: hashToStore(hash),
    prev_rev: String(round),
    scan: `s${round}`,
    baseline: round === 0,
    severity: 'medium',
    fields: JSON.stringify([{ path: 'status', old: 'running', new: 'stopped' }]),
    ref_ids: resource.refs,
  }));
}

async function insert({ bare }: Bench, rows: readonly Record<string, unknown>[]): Promise<number> {
  const columns = insertColumns(resourceLog) as [string, ...string[]];
  for (let from = 0; from < rows.length; from += INSERT) {
    const values = rows.slice(from, from + INSERT);
    await bare.client.insert({ table: 'bare_log', columns, values, format: 'JSONEachRow' });
  }
  return rows.length;
}
