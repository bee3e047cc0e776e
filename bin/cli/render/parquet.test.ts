import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from '@jest/globals';
import type { WasteFinding } from '../../../services/analyzer/analyzer.contract.ts';
import { wasteParquet } from './parquet.ts';

const finding = (id: string, facts: Record<string, unknown>): WasteFinding => ({
  kind: 'unattached',
  id,
  account: '111111111111',
  region: 'eu-west-1',
  type: 'ebs',
  name: 'the "one", isn\'t it',
  status: 'available',
  tags: { team: 'a' },
  since: '2026-11-01T00:00:00.000Z',
  confidence: 0.9,
  evidence: ['attached to no instance'],
  facts,
});

async function read(findings: WasteFinding[], sql: string) {
  const dir = await mkdtemp(join(tmpdir(), 'elava-parquet-'));
  try {
    const file = join(dir, 'waste.parquet');
    await writeFile(file, wasteParquet(findings));
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const reader = await connection.runAndReadAll(sql.replace('$file', `'${file}'`));
    connection.closeSync();
    return reader.getRowObjectsJson();
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

test('another tool reads each fact as a column of its kind, null where a resource has none', async () => {
  const findings = [finding('a', { size_gib: 100, volume_type: 'gp2' }), finding('b', { multi_az: true })];
  const sql = `SELECT id, name, strftime(since, '%Y-%m-%d') AS day, size_gib + 1 AS size, volume_type, multi_az,
    json_extract_string(tags, 'team') AS team FROM $file ORDER BY id`;
  const name = 'the "one", isn\'t it';
  expect(await read(findings, sql)).toEqual([
    { id: 'a', name, day: '2026-11-01', size: 101, volume_type: 'gp2', multi_az: null, team: 'a' },
    { id: 'b', name, day: '2026-11-01', size: null, volume_type: null, multi_az: true, team: 'a' },
  ]);
});

test('a file of no findings has its columns', async () => {
  expect(await read([], 'SELECT count(kind) AS n FROM $file')).toEqual([{ n: '0' }]);
});
