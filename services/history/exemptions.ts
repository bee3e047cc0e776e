/** Keeps exceptions from policies, and says which units they touch. */
import type { Store } from '../../lib/clickhouse/store.ts';
import { insertColumns, rowEncoder } from '../../lib/clickhouse/table.ts';
import { exemptions } from '../../lib/clickhouse/tables/exemptions.ts';
import { elavaError } from '../../lib/errors.ts';
import { type Unit, unitKey } from '../../lib/resource.ts';
import type { Exemption, UsedExemption } from './exemptions.schema.ts';
import { toMs } from './instant.ts';

const encode = rowEncoder(exemptions);

type Row = Omit<Exemption, 'created_at' | 'expires_at'> & {
  readonly created_ms: string;
  readonly expires_ms: string;
};

/** Errors: INVALID_REQUEST for one that has expired, that its owner approved, or whose id is taken. */
export async function addExemption(store: Store, exemption: Exemption, now: number): Promise<void> {
  const expires = toMs(exemption.expires_at, 'expires_at');
  if (expires <= now) throw elavaError('INVALID_REQUEST', `the exemption ends in the past: ${exemption.expires_at}`);
  if (exemption.owner === exemption.approver) {
    throw elavaError('INVALID_REQUEST', `${exemption.owner} cannot approve an exemption of their own`);
  }
  if ((await readExemptions(store)).some(({ id }) => id === exemption.id)) {
    throw elavaError('INVALID_REQUEST', `there is an exemption ${exemption.id} already`);
  }
  await write(store, exemption, { now, removed: false });
}

/** Errors: NOT_FOUND. */
export async function removeExemption(store: Store, id: string, now: number): Promise<void> {
  const known = (await readExemptions(store)).find((one) => one.id === id);
  if (!known) throw elavaError('NOT_FOUND', `there is no exemption ${id}`);
  await write(store, known, { now, removed: true });
}

async function write(store: Store, exemption: Exemption, { now, removed }: { now: number; removed: boolean }) {
  const { id, resource, rule, reason, owner, approver } = exemption;
  const row = {
    id,
    resource,
    rule,
    reason,
    owner,
    approver,
    removed,
    created_at: toMs(exemption.created_at, 'created_at'),
    expires_at: toMs(exemption.expires_at, 'expires_at'),
    changed_at: now,
  };
  await store.insertText(exemptions.name, insertColumns(exemptions), encode(row));
}

/** Those that were not removed, also expired ones, in the order in which they were made. */
export async function readExemptions(store: Store): Promise<UsedExemption[]> {
  const rows = await store.rows<Row>(
    `SELECT id, resource, rule, reason, owner, approver, toUnixTimestamp64Milli(created_at) AS created_ms,
       toUnixTimestamp64Milli(expires_at) AS expires_ms
     FROM exemptions FINAL WHERE NOT removed ORDER BY created_at, id`,
  );
  const uses = rows.length > 0 ? await usesOf(store) : new Map<string, number>();
  return rows.map(({ created_ms, expires_ms, ...row }) => ({
    ...row,
    created_at: new Date(Number(created_ms)).toISOString(),
    expires_at: new Date(Number(expires_ms)).toISOString(),
    used: uses.get(row.id) ?? 0,
  }));
}

async function usesOf(store: Store): Promise<Map<string, number>> {
  const rows = await store.rows<{ exemption: string; uses: string }>(
    `SELECT arrayJoin(JSONExtract(result, 'exempt', 'Array(String)')) AS exemption, count() AS uses
     FROM evaluations FINAL
     WHERE NOT cleared AND position(result, '"exempt"') > 0
       AND (type, account, region, rid) IN (SELECT type, account, region, rid FROM resource_current FINAL WHERE live)
     GROUP BY exemption`,
  );
  return new Map(rows.map(({ exemption, uses }) => [exemption, Number(uses)]));
}

/** When an exemption of any resource of a unit last came, went or expired, in milliseconds, by unit. */
export async function exemptedUnits(store: Store, now: number): Promise<Map<string, number>> {
  const any = await store.rows<{ id: string }>('SELECT id FROM exemptions LIMIT 1');
  if (any.length === 0) return new Map();
  // LIKE has its own wildcards, so those of the id are quoted and ours put in their place.
  const rows = await store.rows<Unit & { since: string }>(
    `SELECT account, region, type, max(moved) AS since FROM
       (SELECT account, region, type, id FROM resource_current WHERE live) AS r
     CROSS JOIN
       (SELECT replaceAll(replaceRegexpAll(resource, '([\\\\\\\\%_])', '\\\\\\\\\\\\1'), '*', '%') AS pattern,
          greatest(toUnixTimestamp64Milli(changed_at),
            if(toUnixTimestamp64Milli(expires_at) <= {now:Int64}, toUnixTimestamp64Milli(expires_at), 0)) AS moved
        FROM exemptions FINAL) AS e
     WHERE r.id LIKE e.pattern GROUP BY account, region, type`,
    { now },
  );
  return new Map(rows.map((row) => [unitKey(row), Number(row.since)]));
}
