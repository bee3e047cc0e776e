import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { codeOf, messageOf } from '../errors.ts';
import { checkTables, type Migration, migrate, renderSql } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { addColumn, added, createTable, defineTable, string, uint32 } from './table.ts';
import { tables } from './tables/index.ts';
import { type TestStore, testStore } from './testing.ts';

let t: TestStore;
beforeEach(async () => {
  t = await testStore();
});
afterEach(async () => {
  await t.close();
});
const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const pets = defineTable({
  name: 'pets',
  columns: { id: uint32(), name: added(2, string()) },
  engine: 'MergeTree',
  orderBy: 'id',
});
const first: Migration = { number: 1, name: 'pets', statements: [createTable(pets, 1)] };
const second: Migration = { number: 2, name: 'names', statements: [addColumn(pets, 'name')] };

describe('migrations', () => {
  test('run once, in order, and the tables are then as declared', async () => {
    expect(await migrate(t.store, [first])).toEqual([1]);
    expect(codeOf(await failure(checkTables(t.store, [pets])))).toBe('STORE_SCHEMA');
    expect(await migrate(t.store, [first, second])).toEqual([2]);
    expect(await migrate(t.store, [first, second])).toEqual([]);
    await checkTables(t.store, [pets]);
  });

  test('one that was cut off after its statements runs again without harm', async () => {
    await migrate(t.store, [first, second]);
    await t.store.run('TRUNCATE TABLE schema_migrations');
    expect(await migrate(t.store, [first, second])).toEqual([1, 2]);
  });

  test('a store of a newer version, or a migration that was changed, is refused', async () => {
    await migrate(t.store, [first, second]);
    const newer = await failure(migrate(t.store, [first]));
    expect([codeOf(newer), messageOf(newer)]).toEqual(['STORE_SCHEMA', expect.stringContaining('migration 2')]);
    const changed = { ...second, statements: ['ALTER TABLE pets ADD COLUMN IF NOT EXISTS name UInt8'] };
    const error = await failure(migrate(t.store, [first, changed]));
    expect([codeOf(error), messageOf(error)]).toEqual(['STORE_SCHEMA', expect.stringContaining('migration 2 (names)')]);
  });

  test('a column of another type is found at start', async () => {
    await t.store.run('CREATE TABLE pets (id UInt32, name UInt8) ENGINE = MergeTree ORDER BY id');
    const error = await failure(checkTables(t.store, [pets]));
    expect(messageOf(error)).toBe('pets.name is UInt8 and should be String');
  });

  test('of an earlier text that made the same columns are let be', async () => {
    await migrate(t.store, [first]);
    const [row] = await t.store.rows<{ checksum: string }>('SELECT checksum FROM schema_migrations');
    const finer = { ...first, statements: [`${createTable(pets, 1)} SETTINGS index_granularity = 512`] };
    expect(codeOf(await failure(migrate(t.store, [finer])))).toBe('STORE_SCHEMA');
    expect(await migrate(t.store, [{ ...finer, alike: [row?.checksum ?? ''] }])).toEqual([]);
  });
});

describe('our own migrations', () => {
  test('are numbered without gaps, and make the tables that are declared', async () => {
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, i) => i + 1));
    await migrate(t.store, migrations);
    await checkTables(t.store, tables);
  });

  test('let a question about the past read observations by time, and deltas by the hour', async () => {
    await migrate(t.store, migrations);
    const plan = async (sql: string) => JSON.stringify(await t.store.rows(`EXPLAIN projections = 1 ${sql}`));
    const place = "'111111111111', 'eu-west-1', 'ec2'";
    await t.store.run(
      `INSERT INTO coverage (account, region, type, rev, finished) SELECT ${place}, number, toDateTime64(number * 60, 3, 'UTC') FROM numbers(50000)`,
    );
    await t.store.run(
      `INSERT INTO resource_log (account, region, type, id, rev, at, delta) SELECT ${place}, toString(number), 1, '2026-11-02 00:00:00', 1 FROM numbers(20000)`,
    );
    const lately = await plan("SELECT max(rev) FROM coverage WHERE finished > '1970-02-04 00:00:00' GROUP BY type");
    expect(lately).toContain('by_time');
    const hours = await plan(
      "SELECT type, sum(delta) FROM resource_log WHERE toStartOfHour(at) < '2026-11-03 00:00:00' GROUP BY type",
    );
    expect(hours).toContain('hourly');
  });

  test('have a form for a cluster that ClickHouse can read', async () => {
    const all = migrations.flatMap(({ statements }) => statements);
    for (const template of all) {
      const sql = renderSql(template, 'cluster', 'main');
      expect(sql).not.toMatch(/\{\w*\}/);
      const [row] = await t.store.rows<{ parsed: string }>('SELECT formatQuery({sql:String}) AS parsed', { sql });
      expect(row?.parsed).toContain('ON CLUSTER main');
      if (sql.startsWith('CREATE TABLE')) expect(row?.parsed).toMatch(/ENGINE = Replicated(Replacing)?MergeTree/);
    }
  });
});
