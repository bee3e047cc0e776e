/** One test for each way in which the stock `chdb/connection` 3.4.0 lost, mixed up or executed data. */
import { readdir, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codeOf } from '../errors.ts';
import { type TestStore, testStore } from './testing.ts';

let t: TestStore;
beforeAll(async () => {
  t = await testStore();
});
afterAll(async () => {
  await t.close();
});

const count = async (table: string): Promise<number> => {
  const [row] = await t.store.rows<{ n: string }>(`SELECT count() AS n FROM ${table}`);
  return Number(row?.n);
};
const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const insertRaw = (query: string, data: string | Buffer): Promise<unknown> =>
  t.store.client.exec({ query, values: Readable.from([Buffer.from(data)], { objectMode: false }) });

describe('settings', () => {
  test("one insert's deduplication token does not drop later inserts", async () => {
    await t.store.run(
      'CREATE TABLE dedup (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 100',
    );
    const insert = (n: number, settings: Record<string, string>) =>
      t.store.client.insert({ table: 'dedup', values: [{ n }], format: 'JSONEachRow', clickhouse_settings: settings });
    await insert(1, { insert_deduplication_token: 'a' });
    for (let n = 2; n <= 8; n += 1) await insert(n, {});
    expect(await count('dedup')).toBe(8);
  });

  test('a setting holds for its own call and is what it was before afterwards', async () => {
    const threads = async (settings: Record<string, number>): Promise<string[]> => {
      const rows = await Promise.all(
        Array.from({ length: 6 }, () =>
          t.store.rows<{ v: string }>("SELECT toString(getSetting('max_block_size')) AS v", {}, { settings }),
        ),
      );
      return rows.map(([row]) => row?.v ?? '');
    };
    const before = await threads({});
    expect(await threads({ max_block_size: 77 })).toEqual(Array(6).fill('77'));
    expect(await threads({})).toEqual(before);
  });

  test('a setting of the store stays what the store needs after a call had its own', async () => {
    const big = 'SELECT toUInt64(18446744073709551615) AS n';
    await t.store.rows(big, {}, { settings: { output_format_json_quote_64bit_integers: 0 } });
    const all = await Promise.all(Array.from({ length: 6 }, () => t.store.rows<{ n: string }>(big)));
    expect(all.flat().map(({ n }) => n)).toEqual(Array(6).fill('18446744073709551615'));
  });

  test('an unknown setting fails the call and not the next ones', async () => {
    expect(codeOf(await failure(t.store.rows('SELECT 1', {}, { settings: { no_such: 1 } })))).toBe('STORE_QUERY');
    expect(codeOf(await failure(t.store.rows('SELECT 1', {}, { settings: { 'a=1; DROP': 1 } })))).toBe('STORE_QUERY');
    expect(await t.store.rows('SELECT 1 AS x')).toEqual([{ x: 1 }]);
  });
});

describe('inserted data', () => {
  test('is never run as a statement', async () => {
    await t.store.run('CREATE TABLE victim (s String) ENGINE = MergeTree ORDER BY s');
    const attacks: [string, string][] = [
      ['INSERT INTO victim (s) FORMAT TSV', 'a\n\nDROP TABLE victim\n'],
      ['INSERT INTO victim (s) FORMAT CSV', 'a\n\nDROP TABLE victim\n'],
      ['INSERT INTO victim (s) FORMAT JSONEachRow', '{"s":"a"}\n\nDROP TABLE victim\n'],
      ['INSERT INTO victim (s) FORMAT JSONEachRow', '\nDROP TABLE victim\n'],
      ['INSERT INTO victim (s) FORMAT JSONCompactEachRow', '["a"]\r\n\r\nDROP TABLE victim\n'],
    ];
    for (const [query, data] of attacks) expect(codeOf(await failure(insertRaw(query, data)))).toBe('STORE_QUERY');
    expect(await count('victim')).toBe(0);
  });

  test('may hold empty lines inside its values', async () => {
    await t.store.run('CREATE TABLE texts (s String) ENGINE = MergeTree ORDER BY s');
    const values = ['a\n\nDROP TABLE texts\n', "it's; DROP TABLE texts", '\\', '\u2028é', '\r\n\r\n', '\0'];
    await t.store.client.insert({ table: 'texts', values: values.map((s) => ({ s })), format: 'JSONEachRow' });
    const rows = await t.store.rows<{ s: string }>('SELECT s FROM texts');
    expect(rows.map(({ s }) => s).toSorted()).toEqual(values.toSorted());
  });

  test('of a binary format comes in whole, whatever its bytes, or is refused', async () => {
    await t.store.run('CREATE TABLE bytes (n UInt8) ENGINE = MergeTree ORDER BY tuple()');
    const bytes = Buffer.from([10, 10, 1, 13, 10, 13, 10, 0, 255, 10, 10]);
    await insertRaw('INSERT INTO bytes (n) FORMAT RowBinary', bytes);
    expect(await t.store.rows('SELECT n FROM bytes')).toEqual([...bytes].map((n) => ({ n })));
    for (const format of ['Native', 'Parquet', 'RowBinaryWithNames', 'TSVRaw', 'LineAsString']) {
      expect(codeOf(await failure(insertRaw(`INSERT INTO bytes (n) FORMAT ${format}`, bytes)))).toBe('STORE_QUERY');
    }
    expect(await count('bytes')).toBe(bytes.length);
    expect(await readdir(`${t.dir}/incoming`)).toEqual([]);
  });

  test('with a column that does not exist is refused, not dropped', async () => {
    await t.store.run('CREATE TABLE narrow (s String) ENGINE = MergeTree ORDER BY s');
    const values = [{ s: 'a', t: 'b' }];
    const error = await failure(t.store.client.insert({ table: 'narrow', values, format: 'JSONEachRow' }));
    expect((error as { code?: string }).code).toBe('117');
    expect(await count('narrow')).toBe(0);
  });
});

describe('parameters', () => {
  test('of queries that run at once do not mix', async () => {
    const asked = Array.from({ length: 120 }, (_, i) => `v${i}`);
    const rows = await Promise.all(
      asked.map((v) => t.store.rows<{ v: string }>('SELECT {v:String} AS v FROM numbers(1)', { v })),
    );
    expect(rows.map(([row]) => row?.v)).toEqual(asked);
  });

  test('come back as they are, whatever they hold', async () => {
    const list = ["it's", 'back\\slash', 'tab\t', 'line\n', '"quoted"', '€ 🚀', '', '\\N', 'a,b]', '{x:String}'];
    const [row] = await t.store.rows<{ list: string[] }>('SELECT {list:Array(String)} AS list', { list });
    expect(row?.list).toEqual(list);
    for (const v of list) {
      const [one] = await t.store.rows<{ v: string | null }>('SELECT {v:Nullable(String)} AS v', { v });
      expect(one?.v).toBe(v);
    }
    const map = { "k'": 'v', k2: "it's" };
    expect(await t.store.rows('SELECT {map:Map(String, String)} AS map', { map })).toEqual([{ map }]);
  });

  test('a Date keeps its milliseconds', async () => {
    const [row] = await t.store.rows<{ ms: string }>("SELECT toUnixTimestamp64Milli({at:DateTime64(3, 'UTC')}) AS ms", {
      at: new Date(1_763_640_000_123),
    });
    expect(row?.ms).toBe('1763640000123');
  });

  test('one that a call forgot does not have the value of an earlier call', async () => {
    await t.store.rows('SELECT {x:String} AS x', { x: 'earlier' });
    expect(codeOf(await failure(t.store.rows('SELECT {x:String} AS x')))).toBe('STORE_QUERY');
  });

  test('may be a list of many thousand ids', async () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => `arn:aws:ec2:eu-west-1:123456789012:instance/i-${i}`);
    expect(await t.store.rows('SELECT length({ids:Array(String)}) AS n', { ids })).toEqual([{ n: '20000' }]);
  });
});

describe('statements', () => {
  test('two in one text are refused, and neither runs', async () => {
    await t.store.run('CREATE TABLE kept (n UInt8) ENGINE = MergeTree ORDER BY n');
    expect(codeOf(await failure(t.store.run('SELECT 1; DROP TABLE kept')))).toBe('STORE_QUERY');
    expect(codeOf(await failure(t.store.rows('SELECT 1; DROP TABLE kept')))).toBe('STORE_QUERY');
    expect(codeOf(await failure(t.store.rows('SELECT (SELECT 1); DROP TABLE kept')))).toBe('STORE_QUERY');
    expect(await count('kept')).toBe(0);
    await t.store.run("INSERT INTO kept SELECT length('a;b;')");
    expect(await count('kept')).toBe(1);
  });

  test('text that is no statement is not computed', async () => {
    expect(codeOf(await failure(t.store.run('1 + 1')))).toBe('STORE_QUERY');
  });

  test("an error has the engine's number and name, as over HTTP", async () => {
    const error = await failure(t.store.client.query({ query: 'SELECT * FROM nowhere' }));
    expect(error).toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' });
    const later = await failure(
      t.store.client.query({ query: 'SELECT throwIf(number = 3) FROM numbers(10)', format: 'JSONEachRow' }),
    );
    expect(later).toMatchObject({ code: '395' });
  });

  test('too much memory is STORE_MEMORY, and the next question is answered', async () => {
    const settings = { max_memory_usage: '50000000', max_untracked_memory: '1000000' };
    const error = await failure(
      t.store.rows('SELECT length(groupArray(toString(number))) AS n FROM numbers(100000000)', {}, { settings }),
    );
    expect(codeOf(error)).toBe('STORE_MEMORY');
    expect(await t.store.rows('SELECT 1 AS x')).toEqual([{ x: 1 }]);
  });

  test('SHOW and DESCRIBE are answered too, and an empty result is no row', async () => {
    expect(await t.store.rows("SHOW TABLES LIKE 'vic%'")).toEqual([{ name: 'victim' }]);
    expect(await t.store.rows('SELECT 1 AS x WHERE 0')).toEqual([]);
    expect(await t.store.rows('SELECT (SELECT 2) AS x')).toEqual([{ x: 2 }]);
  });

  test('characters of several bytes survive the borders of chunks', async () => {
    const text = await t.store.lines("SELECT repeat('é€🚀', 1000) FROM numbers(2000)");
    expect(text.includes('\uFFFD')).toBe(false);
    expect(text.length).toBe(2000 * (1000 * 4 + 1));
  });
});

test('the engine has the memory and the disk reserve that it was given', async () => {
  const config = await readFile(`${t.dir}/engine.xml`, 'utf8');
  expect(config).toContain('<max_server_memory_usage>536870912</max_server_memory_usage>');
  const rows = await t.store.rows<{ name: string; value: string }>(
    `SELECT name, value FROM system.server_settings WHERE name IN ('max_server_memory_usage', 'mark_cache_size')
     UNION ALL SELECT name, value FROM system.merge_tree_settings WHERE name = 'min_free_disk_bytes_to_perform_insert'
     ORDER BY name`,
  );
  expect(Object.fromEntries(rows.map(({ name, value }) => [name, value]))).toEqual({
    mark_cache_size: '33554432',
    max_server_memory_usage: '536870912',
    min_free_disk_bytes_to_perform_insert: '1',
  });
});

test('the engine and its client are pinned: the connection uses what they do not promise', async () => {
  const { dependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
    dependencies: Record<string, string>;
  };
  expect([dependencies.chdb, dependencies['@clickhouse/client']]).toEqual(['3.4.0', '1.23.1']);
});
