/** What a source of audit events does, and events as history keeps them. */
import type { TrailEvent } from '../history/history.contract.ts';
import { type AuditRecord, grantOf, keysOf } from './record.ts';

/** An account and region whose log is read. Global services write theirs at home. */
export interface LogPlace {
  readonly account: string;
  readonly region: string;
}

export function storedEvent(record: AuditRecord): TrailEvent {
  const { id, at, account, region, name, source, body } = record;
  return {
    id,
    at: new Date(at).toISOString(),
    account,
    region,
    name,
    source,
    keys: keysOf(record),
    grants: grantOf(record),
    body,
  };
}

/** Where global services, and sign-ins of every region, are logged. */
export const HOME = 'us-east-1';

export function placeOf({ account, region }: LogPlace): LogPlace {
  return { account, region: region === 'global' ? HOME : region };
}

export function placeKey({ account, region }: LogPlace): string {
  return `${account}/${region}`;
}
