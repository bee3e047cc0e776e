/** What a batch of scanned resources comes to: the versions to write. Pure. */
import type { RowOf } from '../../lib/clickhouse/table.ts';
import type { resourceLog } from '../../lib/clickhouse/tables/resources.ts';
import { elavaError } from '../../lib/errors.ts';
import type { Resource, Unit } from '../../lib/resource.ts';
import { checkedHash, NO_CONTENT } from './content-hash.ts';
import { type ById, type KnownVersion, resourceKey } from './known.ts';
import { isAnotherLife } from './lives.ts';

/** A row of the log before its revision is known. */
export type Version = Omit<RowOf<typeof resourceLog>, 'rev'>;

export interface Batch {
  readonly scan: string;
  readonly unit: Unit;
  /** When the resources were seen, in milliseconds. */
  readonly at: number;
  readonly resources: readonly { readonly hash: string; readonly resource: Resource }[];
}
export interface Memory {
  /** By resourceKey. */
  readonly known: ById<KnownVersion>;
  /** By `resourceKey at`: hashes logged at the instant of the newest version. */
  readonly replayed: ById<ReadonlySet<string>>;
  /** No complete observation of the unit exists yet. */
  readonly baseline: boolean;
}

/**
 * Versions of the batch's resources that are news. Nothing is written for content that is current, for a batch older
 * than what is known (a replay, or one that was overtaken), or for content that this very instant already had.
 */
export function planIngest(batch: Batch, memory: Memory): Version[] {
  const newest = new Map(batch.resources.map((item) => [item.resource.id, item]));
  const versions: Version[] = [];
  for (const { hash, resource } of newest.values()) {
    checkUnit(resource, batch.unit);
    const key = resourceKey(batch.unit, resource.id);
    const known = memory.known.get(key);
    const stored = checkedHash(hash);
    if (known && isOld(known, batch.at, stored, memory.replayed.get(`${key} ${batch.at}`))) continue;
    versions.push(versionOf({ batch, resource, hash: stored, known, baseline: memory.baseline }));
  }
  return versions;
}

function isOld(known: KnownVersion, at: number, hash: string, replayed: ReadonlySet<string> | undefined): boolean {
  if (known.at > at) return true;
  if (known.live && known.hash === hash) return true;
  return known.at === at && (replayed?.has(hash) ?? false);
}

/** A resource in a unit of another account, region or type would be kept where no question finds it. */
function checkUnit(resource: Resource, { account, region, type }: Unit): void {
  if (resource.account === account && resource.region === region && resource.type === type) return;
  throw elavaError('INVALID_REQUEST', `${resource.id} does not belong to the unit ${account}/${region}/${type}`);
}

interface Found {
  readonly batch: Batch;
  readonly resource: Resource;
  readonly hash: string;
  readonly known: KnownVersion | undefined;
  readonly baseline: boolean;
}

function versionOf({ batch, resource, hash, known, baseline }: Found): Version {
  const kind = kindOf(known);
  return {
    account: batch.unit.account,
    region: batch.unit.region,
    type: batch.unit.type,
    id: resource.id,
    at: batch.at,
    hash,
    name: resource.name,
    status: resource.status,
    ...since(known, resource, batch.at),
    tags: resource.tags,
    body: JSON.stringify(resource),
    kind,
    ...before(known),
    scan: batch.scan,
    baseline: baseline && kind === 'appeared',
    ref_ids: resource.refs,
  };
}

function kindOf(known: KnownVersion | undefined): 'appeared' | 'modified' | 'reappeared' {
  if (!known) return 'appeared';
  return known.live ? 'modified' : 'reappeared';
}

function since(known: KnownVersion | undefined, resource: Resource, at: number) {
  if (!known || isAnotherLife(known, resource)) return { state_since: at, first_seen: at };
  const same = known.live && known.status === resource.status;
  return { state_since: same ? known.state_since : at, first_seen: known.first_seen };
}

function before(known: KnownVersion | undefined) {
  if (!known) return { delta: 1, prev_hash: NO_CONTENT, prev_rev: '0' };
  return { delta: known.live ? 0 : 1, prev_hash: known.live ? known.hash : NO_CONTENT, prev_rev: known.rev };
}
