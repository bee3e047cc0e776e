/** What thirty days of the estate take on the disk, beside appending every hourly observation: ten scans, extrapolated. */
import { createTable } from '../lib/clickhouse/table.ts';
import { resourceLog } from '../lib/clickhouse/tables/resources.ts';
import { type Estate, openEstate } from './history-estate.ts';
import type { Scenario } from './scenario.ts';

const SCANS = 10;
const HOURLY = 720;
/** Of this many resources' observations ten are appended; the rest would take as much for each. */
const SHARE = 10;

export const scenario: Scenario = {
  name: 'history.bytes',
  peer: 'every hourly observation appended (ten scans of a tenth of the estate, extrapolated)',
  target: 250,
  unit: 'MB',
  better: 'lower',
  async run({ scale }) {
    const estate = await openEstate(scale);
    try {
      return { ours: [await ours(estate)], peer: [await appended(estate)] };
    } finally {
      await estate.close();
    }
  },
};

async function bytesOf({ bench }: Estate, tables: readonly string[]): Promise<number> {
  const [row] = await bench.bare.rows<{ bytes: string }>(
    `SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE database = currentDatabase() AND active AND table IN {tables:Array(String)}`,
    { tables },
  );
  return Number(row?.bytes ?? 0) / 1e6;
}

function ours(estate: Estate): Promise<number> {
  return bytesOf(estate, ['resource_log', 'resource_base', 'resource_current', 'coverage', 'units', 'commits']);
}

/** A row of each resource for each scan, whether it changed or not, in the same form and order, by days. */
async function appended(estate: Estate): Promise<number> {
  const { bare } = estate.bench;
  const columns = 'account, region, type, id, rev, at, hash, name, status, state_since, first_seen, tags, body';
  await bare.run('DROP TABLE IF EXISTS appended');
  const table = { ...resourceLog, name: 'appended', partitionBy: 'toDate(at)', settings: [], indexes: [] };
  await bare.run(createTable(table, 1).replaceAll(/\{\w+\}/g, ''));
  for (let scan = 0; scan < SCANS; scan += 1) {
    const at = `toDateTime64('2026-10-05 00:00:00', 3, 'UTC') + toIntervalDay(${scan})`;
    await bare.run(
      `INSERT INTO appended (${columns}) SELECT ${columns.replace(' at,', ` ${at},`)} FROM resource_current WHERE rid % ${SHARE} = 0
       SETTINGS max_partitions_per_insert_block = 1000`,
    );
  }
  await bare.run('OPTIMIZE TABLE appended FINAL');
  const bytes = await bytesOf(estate, ['appended']);
  await bare.run('DROP TABLE appended');
  return (bytes * SHARE * HOURLY) / SCANS;
}
