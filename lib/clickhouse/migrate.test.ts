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
});

describe('our own migrations', () => {
  test('are numbered without gaps, and make the tables that are declared', async () => {
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, i) => i + 1));
    await migrate(t.store, migrations);
    await checkTables(t.store, tables);
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
