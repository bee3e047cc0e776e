/**
 * Thirty days of a large estate in the memory, made inside the engine: 1,000,000 resources of 25 types in 200 accounts and 8
 * regions, of which 1.5 % change a day, 0.2 % come and 0.2 % go; 40,000 units are observed every six hours. The same rows
 * are in DuckDB. Made once: the scenarios of a run share it, and `history.waste`, the last of them, removes it.
 */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { stateColumns } from '../lib/clickhouse/tables/resources.ts';
import { type Bench, openBench, settle } from './history-setup.ts';

const DAYS = 30;
const HOURS = DAYS * 24;
const start = Date.parse('2026-10-05T00:00:00.000Z');
export const now = start + HOURS * 3_600_000;
export const instantOf = (day: number): string => new Date(start + day * 86_400_000 + 43_200_000).toISOString();

export interface Estate {
  readonly bench: Bench;
  readonly duck: DuckDBConnection;
  readonly account: string;
  close(options?: { readonly remove?: boolean }): Promise<void>;
}

/** `scale` 1 is a million resources. */
export async function openEstate(scale: number): Promise<Estate> {
  const dir = path.join(os.tmpdir(), `elava-bench-estate-${scale}`);
  const made = path.join(dir, 'made');
  if (!(await stat(made).catch(() => undefined))) {
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
    await make(dir, Math.round(1_000_000 * scale));
    await writeFile(made, '');
  }
  const bench = await openBench(path.join(dir, 'data'));
  const instance = await DuckDBInstance.create(path.join(dir, 'duck.db'), { threads: '2' });
  const duck = await instance.connect();
  return {
    bench,
    duck,
    account: '100000000000',
    async close({ remove = false } = {}) {
      duck.closeSync();
      instance.closeSync();
      await bench.close();
      if (remove) await rm(dir, { recursive: true, force: true });
    },
  };
}

async function make(dir: string, resources: number): Promise<void> {
  const bench = await openBench(path.join(dir, 'data'));
  try {
    await fillEstate(bench, resources);
    await toDuck(bench, dir);
  } finally {
    await bench.close();
  }
}

/** Writes the estate into an empty memory; its thirty days begin at `from`, milliseconds at a whole hour. */
export async function fillEstate(bench: Bench, resources: number, from = start): Promise<void> {
  await versions(bench, resources, from);
  const state = stateColumns.join(', ');
  for (let part = 0; part < PARTS; part += 1) {
    await bench.bare.run(
      `INSERT INTO resource_current (${state}, live) SELECT ${state}, kind != 'disappeared' FROM resource_log
         WHERE rid % ${PARTS} = ${part} ORDER BY rev DESC LIMIT 1 BY account, type, region, rid`,
    );
  }
  for (const [table, columns] of [
    ['coverage', observedSql('arrayJoin(range(1, 121)) AS turn')],
    ['units', observedSql('120 AS turn')],
  ] as const)
    await bench.bare.run(`INSERT INTO ${table} (${observed}) ${columns}`, {
      start: from,
      units: accountsOf(resources) * 200,
      accounts: accountsOf(resources),
    });
  await bench.bare.run(
    `INSERT INTO commits (rev, at, kind, rows, note) SELECT number + 1, fromUnixTimestamp64Milli({start:Int64} + toInt64(number) * 3600000, 'UTC'), 'made', 1, ''
       FROM numbers(${HOURS})`,
    { start: from },
  );
  for (const table of ['resource_log', 'resource_current', 'units'])
    await bench.bare.run(`OPTIMIZE TABLE ${table} FINAL`);
  await settle(bench);
}

/** Of five thousand resources each. */
function accountsOf(resources: number): number {
  return Math.max(1, Math.round(resources / 5000));
}

/** What is sorted at once must fit into the engine's memory. */
const PARTS = 10;

async function versions({ bare }: Bench, resources: number, from: number): Promise<void> {
  const births = Math.max(1, Math.round(resources / 500));
  const all = resources + births * 28;
  const count = Math.ceil(all / PARTS);
  for (let first = 0; first < all; first += count) {
    const range = { first, count: Math.min(count, all - first), accounts: accountsOf(resources) };
    await bare.run(
      logSql,
      { n: resources, days: DAYS, births, start: from, ...range },
      { settings: { max_execution_time: 600 } },
    );
  }
}

/** Which versions there are: the first, those of days on which the resource changes, and its end. */
const eventsSql = `SELECT i, event.1 AS day, event.2 AS kind_n, cityHash64(i, day, 5) % 24 AS hour FROM (
    SELECT toInt64(number) AS i, if(i < {n:Int64}, 0, 1 + intDiv(i - {n:Int64}, {births:Int64})) AS birth,
      if(cityHash64(i, 'end') % 10000 < 600, birth + 1 + toInt64(cityHash64(i, 'when') % 30), 999) AS death,
      arrayConcat([(birth, 0)],
        arrayMap(d -> (d, 1), arrayFilter(d -> d > birth AND d < death AND cityHash64(i, d) % 1000 < 15, range({days:Int64}))),
        if(death < {days:Int64}, [(death, 2)], [])) AS events
    FROM numbers(toUInt64({first:Int64}), toUInt64({count:Int64}))) ARRAY JOIN events AS event`;

const types = `['ebs', 'ec2', 'eni', 'snapshot', 'security_group', 's3', 'iam_role', 'lambda', 'log_group', 'rds', 'target_group', 'elb',
  'kms', 'sns', 'sqs', 'dynamodb', 'ecr', 'alarm', 'subnet', 'route_table', 'eip', 'ami', 'eks', 'ecs', 'elasticache']`;
const regions = `['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1', 'ap-southeast-1', 'ap-northeast-1', 'sa-east-1', 'ca-central-1']`;

const logSql = `INSERT INTO resource_log (account, region, type, id, rev, at, hash, name, status, state_since, first_seen, tags, body,
    kind, delta, prev_hash, prev_rev, scan, baseline, ref_ids)
  SELECT account, region, type, id, rev, at, if(kind_n = 2, 0, cityHash64(i, rev)) AS hash, name, status,
    max(moved) OVER versions AS state_since,
    first_value(at) OVER versions AS first_seen, tags,
    if(kind_n = 2, '', concat('{"id":"', id, '","provider":"aws","account":"', account, '","region":"', region, '","type":"', type, '","name":"', name,
      '","status":"', status, '","tags":', toJSONString(tags), ',"created_at":"2025-01-01T00:00:00.000Z","refs":["', ref, '"],"size_gib":',
      toString(8 + i % 2000), ',"encrypted":true,"metadata":{"VolumeId":"', id, '","Iops":', toString(3000 + rev), ',"SubnetId":"subnet-',
      lower(hex(cityHash64(i % 20000))), '","KmsKeyId":"', lower(hex(cityHash64(i % 200))), '","LaunchTemplate":{"Id":"lt-', lower(hex(cityHash64(i, rev))),
      '"},"Monitoring":{"State":"disabled"},"MultiAttachEnabled":false}}')) AS body,
    multiIf(kind_n = 0, 'appeared', kind_n = 1, 'modified', 'disappeared') AS kind, multiIf(kind_n = 0, 1, kind_n = 1, 0, -1) AS delta,
    lagInFrame(if(kind_n = 2, 0, cityHash64(i, rev)), 1, 0) OVER versions AS prev_hash, lagInFrame(rev, 1, 0) OVER versions AS prev_rev,
    concat('s', toString(rev)) AS scan, kind_n = 0 AND day = 0 AS baseline, if(kind_n = 2, [], [ref]) AS ref_ids
  FROM (SELECT *, if(status != lagInFrame(status, 1, '-') OVER lives, at, toDateTime64(0, 3, 'UTC')) AS moved FROM (
    SELECT i, day, kind_n, toString(100000000000 + i % {accounts:Int64}) AS account, ${regions}[1 + h % 8] AS region, ${types}[1 + intDiv(h, 8) % 25] AS type,
      concat('arn:aws:ec2:', region, ':', account, ':', type, '/', type, '-', lower(substring(hex(sipHash128(i)), 1, 17))) AS id,
      concat(['prod', 'staging', 'dev', 'lab'][1 + h % 4], '-', type, '-', toString(i % 977)) AS name,
      ['available', 'in-use', 'running', 'stopped'][1 + cityHash64(i, intDiv(day, 7)) % 4] AS status,
      map('env', ['prod', 'staging', 'dev', 'lab'][1 + h % 4], 'team', concat('team-', toString(intDiv(h, 64) % 60)), 'Name', name) AS tags,
      concat('arn:aws:ec2:', region, ':', account, ':security-group/sg-', lower(hex(cityHash64(h % 9000)))) AS ref,
      toUInt64(day * 24 + if(kind_n = 0 AND day = 0, 0, hour) + 1) AS rev, fromUnixTimestamp64Milli({start:Int64} + toInt64(rev - 1) * 3600000, 'UTC') AS at
    FROM (SELECT *, cityHash64(i) AS h FROM (${eventsSql})))
    WINDOW lives AS (PARTITION BY i ORDER BY rev ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))
  WINDOW versions AS (PARTITION BY i ORDER BY rev ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
  SETTINGS max_partitions_per_insert_block = 1000, max_memory_usage = 0`;

const observed =
  'account, region, type, rev, scan, started, finished, state, error, detail, count, changed, gone, baseline, last_complete, held, held_by, held_seen';
const observedSql = (
  turns: string,
) => `SELECT toString(100000000000 + unit % {accounts:Int64}) AS account, ${regions}[1 + intDiv(unit, {accounts:Int64}) % 8] AS region,
    ${types}[1 + intDiv(unit, {accounts:Int64} * 8) % 25] AS type, toUInt64(turn * 6) AS rev, concat('s', toString(turn)) AS scan,
    fromUnixTimestamp64Milli({start:Int64} + toInt64(turn) * 21600000 - 60000, 'UTC') AS started, fromUnixTimestamp64Milli({start:Int64} + toInt64(turn) * 21600000, 'UTC') AS finished,
    'complete', '', '', 25, 0, 0, turn = 1, finished AS last_complete, [], '', toDateTime64(0, 3, 'UTC')
  FROM (SELECT number AS unit, ${turns} FROM numbers({units:UInt64})) SETTINGS max_partitions_per_insert_block = 1000`;

const version =
  'account, region, type, id, rid, rev, at, hash, name, status, state_since, first_seen, toJSONString(tags) AS tags, body';
const seen = 'account, region, type, rev, toString(state) AS state, finished, last_complete';
/** What DuckDB is given: the rows that an answer and its coverage need. */
const copied = [
  ['resource_log', `${version}, toString(kind) AS kind, delta, prev_hash, prev_rev, baseline`],
  ['resource_current', `${version}, live`],
  ['coverage', seen],
  ['units', seen],
] as const;

/** Through a file, so that both have the same rows. */
async function toDuck({ bare }: Bench, dir: string): Promise<void> {
  const instance = await DuckDBInstance.create(path.join(dir, 'duck.db'), { threads: '2' });
  const duck = await instance.connect();
  for (const [table, columns] of copied) {
    const file = path.join(dir, `${table}.parquet`);
    await bare.run(
      `INSERT INTO FUNCTION file('${file}', 'Parquet') SELECT ${columns} FROM ${table} SETTINGS max_threads = 1, max_execution_time = 600`,
    );
    await duck.run(
      `CREATE TABLE ${table} AS SELECT * REPLACE (account::VARCHAR AS account, region::VARCHAR AS region, type::VARCHAR AS type)
       FROM read_parquet('${file}')`,
    );
    await rm(file);
  }
  await duck.run('CHECKPOINT');
  duck.closeSync();
  instance.closeSync();
}
