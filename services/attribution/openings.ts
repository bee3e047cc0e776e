/** Who opened the sessions that calls were made in: STS's own events, from the log of where and when a session began. */
import type { History, LogReader, OpeningDemand } from './reader.ts';
import { type AuditRecord, readRecord } from './record.ts';
import { HOME } from './sources.ts';

export interface OpeningParts {
  readonly history: Pick<History, 'events'>;
  readonly log: Pick<LogReader, 'openings' | 'knows'>;
}
type Openings = Map<string, AuditRecord[]>;

const LONGEST_CHAIN = 4;
/** The record of a session and that of its opening differ by a second or two. */
const NEAR_MS = 60_000;
/** Where a record does not say when its session began. */
const SESSION_MS = 12 * 3_600_000;

/** The events that opened the sessions of these calls, and those that opened the sessions of these, and so on. */
export async function openingsOf(records: readonly AuditRecord[], parts: OpeningParts): Promise<Openings> {
  const openings: Openings = new Map();
  const asked = new Set<string>();
  let calls = records;
  for (let depth = 0; depth < LONGEST_CHAIN && calls.length > 0; depth++) {
    const unknown = calls.filter(({ caller }) => isSession(caller) && !openings.has(caller.accessKey));
    const strangers = calls.filter(({ caller, name }) => name === 'AssumeRole' && caller.type === 'AWSAccount');
    const fresh = [...unknown, ...strangers].filter(({ id }) => !asked.has(id));
    for (const { id } of fresh) asked.add(id);
    calls = await stored(fresh, openings, parts);
    const missing = fresh.filter((call) => !isAnswered(call, openings));
    if (missing.length === 0) continue;
    await parts.log.openings(await demandsOf(missing, parts));
    calls = [...calls, ...(await stored(missing, openings, parts))];
  }
  return openings;
}

/** Long-lived keys were opened by nobody; a name of Identity Center or a token says who it is without more. */
function isSession({ accessKey, issuer, federation, onInstance }: AuditRecord['caller']): boolean {
  return accessKey.startsWith('ASIA') && federation === '' && !onInstance && !issuer.name.startsWith('AWSReservedSSO_');
}

/** The key that is looked for: of the call's session, or the one that a stranger's call handed out. */
function keyOf({ name, caller, response }: AuditRecord): string {
  const granted = (response as { credentials?: { accessKeyId?: string } } | null)?.credentials?.accessKeyId;
  return name === 'AssumeRole' && caller.type === 'AWSAccount' ? (granted ?? '') : caller.accessKey;
}

/** The stranger's own account sees who it was; the account that was called does not. */
function isAnswered(call: AuditRecord, openings: Openings): boolean {
  const found = openings.get(keyOf(call)) ?? [];
  return found.some(({ caller, id }) => caller.type !== 'AWSAccount' && id !== call.id);
}

async function stored(
  calls: readonly AuditRecord[],
  openings: Openings,
  { history }: OpeningParts,
): Promise<AuditRecord[]> {
  const grants = [...new Set(calls.map(keyOf))].filter((key) => key !== '');
  if (grants.length === 0) return [];
  const times = calls.map(({ at }) => at);
  const found: AuditRecord[] = [];
  for (let i = 0; i < grants.length; i += 1000) {
    const { events } = await history.events({
      from: new Date(Math.min(...times) - SESSION_MS).toISOString(),
      to: new Date(Math.max(...times) + NEAR_MS).toISOString(),
      grants: grants.slice(i, i + 1000),
    });
    for (const { body, grants: key } of events) {
      const record = readRecord(body);
      if (!record) continue;
      const known = openings.get(key) ?? [];
      if (known.some(({ id }) => id === record.id)) continue;
      openings.set(key, [...known, record]);
      found.push(record);
    }
  }
  return found;
}

/** Where and when a session began: in the account of its role, or of the stranger, in the same region or at home. */
async function demandsOf(calls: readonly AuditRecord[], { log }: OpeningParts): Promise<OpeningDemand[]> {
  const demands = calls.flatMap((call) => {
    const { caller, region, at } = call;
    const exact = Number.isNaN(caller.since) ? at : caller.since;
    const from = Number.isNaN(caller.since) && caller.type !== 'AWSAccount' ? at - SESSION_MS / 12 : exact - NEAR_MS;
    return [region, HOME].map((place) => ({
      place: { account: caller.account, region: place },
      from,
      to: exact + NEAR_MS,
      key: keyOf(call),
    }));
  });
  const accounts = [...new Set(demands.map(({ place }) => place.account))];
  const known = new Set(
    (await Promise.all(accounts.map(async (one) => ((await log.knows(one)) ? one : '')))).filter(Boolean),
  );
  return demands.filter(({ place }) => known.has(place.account));
}
