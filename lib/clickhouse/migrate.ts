/** Numbered steps that bring a store's tables to what this version needs; run at each start by the one owner. */
import { createHash } from 'node:crypto';
import { elavaError } from '../errors.ts';
import type { Store, StoreKind } from './store.ts';
import type { Table } from './table.ts';

/** Statements hold `{ON}` (ON CLUSTER) and `{R}` (Replicated); each can run twice. A released one never changes. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly statements: readonly string[];
  /** Checksums of earlier texts of it that made tables of the same columns: a store that has one of them stays as it is. */
  readonly alike?: readonly string[];
}

const ledger = `CREATE TABLE IF NOT EXISTS schema_migrations{ON} (number UInt32, name String, checksum String,
  applied DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = {R}MergeTree ORDER BY number`;

/** Fills a statement in for one server or for a cluster. Replicated engines take their paths from the server. */
export function renderSql(template: string, kind: StoreKind, cluster: string): string {
  const clustered = kind === 'cluster';
  return template
    .replaceAll('{ON}', clustered ? ` ON CLUSTER '${cluster}'` : '')
    .replaceAll('{R}', clustered ? 'Replicated' : '');
}

function checksum({ statements }: Migration): string {
  return createHash('sha256').update(statements.join('\n')).digest('hex').slice(0, 16);
}

/** Runs what is missing and returns its numbers. Errors: STORE_SCHEMA, and what the store refuses. */
export async function migrate(store: Store, migrations: readonly Migration[]): Promise<number[]> {
  const run = (sql: string) => store.run(renderSql(sql, store.kind, store.cluster));
  await run(ledger);
  const rows = await store.rows<{ number: number; checksum: string }>('SELECT number, checksum FROM schema_migrations');
  const applied = new Map(rows.map((row) => [row.number, row.checksum]));
  checkApplied(applied, migrations);
  const missing = migrations.filter(({ number }) => !applied.has(number));
  for (const migration of missing) {
    for (const statement of migration.statements) await run(statement);
    const line = JSON.stringify([migration.number, migration.name, checksum(migration)]);
    await store.insertText('schema_migrations', ['number', 'name', 'checksum'], `${line}\n`);
  }
  return missing.map(({ number }) => number);
}

function checkApplied(applied: ReadonlyMap<number, string>, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.number, migration]));
  for (const [number, sum] of applied) {
    const migration = known.get(number);
    if (!migration)
      throw elavaError('STORE_SCHEMA', `the store has migration ${number}, which this version does not know`);
    if (checksum(migration) === sum || migration.alike?.includes(sum)) continue;
    throw elavaError(
      'STORE_SCHEMA',
      `migration ${number} (${migration.name}) is not the one that the store was made with`,
    );
  }
}

/** Compares what tables are declared as with what they are. Errors: STORE_SCHEMA. */
export async function checkTables(store: Store, tables: readonly Table[]): Promise<void> {
  const rows = await store.rows<{ table: string; name: string; type: string }>(
    'SELECT table, name, type FROM system.columns WHERE database = {database:String}',
    { database: store.database },
  );
  const found = new Map(rows.map(({ table, name, type }) => [`${table}.${name}`, type]));
  for (const table of tables) {
    for (const [name, column] of Object.entries(table.columns)) {
      const type = found.get(`${table.name}.${name}`);
      if (type === column.type) continue;
      throw elavaError('STORE_SCHEMA', `${table.name}.${name} is ${type ?? 'missing'} and should be ${column.type}`);
    }
  }
}
