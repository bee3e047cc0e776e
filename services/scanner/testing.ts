/** What the scanner's tests share: a simulated AWS, and a memory that keeps the contract of history in plain maps. */
import { pino } from 'pino';
import type { Config } from '../../lib/config/schema.ts';
import { createMetrics } from '../../lib/metrics.ts';
import type { Coverage, Resource, Unit } from '../../lib/resource.ts';
import { unitKey } from '../../lib/resource.ts';
import { systemClock } from '../../lib/time.ts';
import type { Batch } from './batches.ts';
import type { Memory } from './memory.ts';

type Aws = Config['providers']['aws'];
interface Version {
  readonly hash: string;
  readonly resource: Resource;
}

/** The parts of history that a scan uses. */
export class MapMemory implements Memory {
  readonly live = new Map<string, Map<string, Version>>();
  readonly coverage: Coverage[] = [];
  readonly batches: Batch[] = [];
  #ids = new Set<string>();
  /** Versions written since it was last set to 0. */
  written = 0;
  gone = 0;

  unit(unit: Unit): Map<string, Version> {
    const key = unitKey(unit);
    const found = this.live.get(key) ?? new Map<string, Version>();
    this.live.set(key, found);
    return found;
  }

  all(): Resource[] {
    return [...this.live.values()].flatMap((unit) => [...unit.values()].map(({ resource }) => resource));
  }

  known: Memory['known'] = async ({ unit }) => {
    const entries = [...this.unit(unit)].map(([id, { hash }]) => ({ id, hash }));
    return { entries, baseline: this.coverage.every((row) => row.state !== 'complete') };
  };

  ingest: Memory['ingest'] = async (batch) => {
    if (this.#ids.has(batch.batch)) return { written: 0 };
    this.#ids.add(batch.batch);
    this.batches.push(batch);
    const unit = this.unit(batch.unit);
    // As over the wire: what JSON cannot hold must not pass here either.
    for (const { hash, resource } of JSON.parse(JSON.stringify(batch.resources)) as Version[]) {
      unit.set(resource.id, { hash, resource });
    }
    this.written += batch.resources.length;
    return { written: batch.resources.length };
  };

  observe: Memory['observe'] = async ({ unit, absent, ...rest }) => {
    if (absent.length > 0 && rest.state !== 'complete') throw new Error('absence without a complete observation');
    for (const id of absent) this.unit(unit).delete(id);
    this.gone += absent.length;
    const row = { ...unit, ...rest, changed: 0, gone: absent.length, held: 0, baseline: false } as Coverage;
    this.coverage.push(row);
    return row;
  };

  resources: Memory['resources'] = async ({ filter }) => {
    const ids = new Set(filter?.ids ?? []);
    const found = this.all().filter((resource) => ids.has(resource.id));
    return { resources: found as never, coverage: { units: 0, complete: 0, stale: 0, missing: 0, oldest: '' } };
  };
}

/** `providers.aws` as the defaults have it, but for what a test changes; no pace is kept. */
export function awsConfig(changes: Partial<Aws> = {}): Aws {
  return {
    regions: ['us-east-1'],
    accounts: [],
    organization: organization(),
    types: [],
    session_name: 'elava',
    rate: 100,
    concurrency: 8,
    timeout: 10_000,
    unit_timeout: 60_000,
    ...changes,
  };
}

export function testParts() {
  return { clock: systemClock, metrics: createMetrics(), log: pino({ level: 'silent' }) };
}

/** No organisation, but for what a test changes. */
export function organization(changes: Partial<Aws['organization']> = {}): Aws['organization'] {
  return {
    enabled: false,
    units: [],
    tags: [],
    exclude: [],
    role: 'elava-read',
    external_id: '',
    role_arn: '',
    refresh: 3_600_000,
    ...changes,
  };
}
