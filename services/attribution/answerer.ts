/** Answers open changes from the stored events: those that nobody has looked at yet, and those that are pending. */
import type { Attribution } from '../../lib/resource.ts';
import type { AttributedChange, OpenChange } from '../history/history.contract.ts';
import { attributionOf } from './answer.ts';
import { LATE_MS } from './cloudtrail.ts';
import { correlate } from './correlate.ts';
import type { History } from './reader.ts';
import { type AuditRecord, readRecord } from './record.ts';
import { placeKey } from './sources.ts';
import { type Subject, subjectOf } from './subject.ts';

export interface AnswerParts {
  readonly history: History;
  readonly ownerTags: readonly string[];
  readonly lookbackMs: number;
  /** Milliseconds. */
  readonly now: number;
  /** By placeKey: everything up to here was read; a place that is absent was not read. */
  readonly upto: ReadonlyMap<string, number>;
  readonly told: (change: AttributedChange) => void;
}
export interface Answered {
  attributed: number;
  guessed: number;
  pending: number;
}

const PAGE = 1000;
/** What is not answered a day after it was seen is not answered any more. */
const PATIENCE_MS = 24 * 3_600_000;
/** Changes of sessions that began up to so long before are resolved. */
const SESSION_MS = 12 * 3_600_000;
const position = { source: 'changes', account: '', region: '' } as const;

export async function answerOpen(parts: AnswerParts): Promise<Answered> {
  const sum: Answered = { attributed: 0, guessed: 0, pending: 0 };
  const { history, now, lookbackMs } = parts;
  const created_since = new Date(now - lookbackMs).toISOString();
  const pending = await history.open({ pending: true, created_since, limit: PAGE });
  await answerPage(pending.open, parts, sum, true);
  let after = await watermark(history);
  for (;;) {
    const { open, committed } = await history.open({ after, created_since, limit: PAGE });
    await answerPage(wholeRevisions(open), parts, sum, false);
    const next = open.length < PAGE ? committed : (wholeRevisions(open).at(-1)?.change.revision ?? committed);
    if (next !== after)
      await history.cursor({ ...position, ...nothing, position: next, upto: new Date(now).toISOString() });
    if (open.length < PAGE) return sum;
    after = next;
  }
}

const nothing = { state: 'current', error: '', detail: '', events: 0 } as const;

async function watermark(history: History): Promise<string> {
  const { cursors } = await history.cursors({});
  return cursors.find(({ source }) => source === 'changes')?.position || '0';
}

/** A full page may end within a revision, whose rest would be passed over; unless it is the page's only one. */
function wholeRevisions(open: readonly OpenChange[]): readonly OpenChange[] {
  const last = open.at(-1)?.change.revision;
  if (open.length < PAGE || open[0]?.change.revision === last) return open;
  return open.filter(({ change }) => change.revision !== last);
}

async function answerPage(
  open: readonly OpenChange[],
  parts: AnswerParts,
  sum: Answered,
  again: boolean,
): Promise<void> {
  if (open.length === 0) return;
  const subjects = open.map((one) => subjectOf(one, parts.lookbackMs));
  const records = await candidatesFor(subjects, parts);
  const openings = await openingsOf(records.all, parts);
  const answered = open.map((one, i): AttributedChange => {
    const subject = subjects[i] as Subject;
    const wait = isPending(one, parts);
    const answer = correlate(subject, records.of(subject), { openings, pending: wait.pending });
    const { account, region, type, id, revision, at } = one.change;
    const attribution = attributionOf({ open: one, answer, ...wait, ownerTags: parts.ownerTags });
    return { account, region, type, id, revision, at, attribution };
  });
  const news = again ? answered.filter((change, i) => isNews(change.attribution, open[i] as OpenChange)) : answered;
  for (let i = 0; i < news.length; i += PAGE) await parts.history.attributed({ changes: news.slice(i, i + PAGE) });
  for (const change of news) {
    count(sum, change.attribution);
    parts.told(change);
  }
}

function count(sum: Answered, { method, state }: Attribution): void {
  if (method === 'cloudtrail') sum.attributed += 1;
  else sum.guessed += 1;
  if (state === 'pending') sum.pending += 1;
}

/** The same answer again, still pending, is not written again. */
function isNews(attribution: Attribution, { change }: OpenChange): boolean {
  const before = change.attribution;
  return (
    before?.event_id !== attribution.event_id ||
    before.state !== attribution.state ||
    before.actor !== attribution.actor
  );
}

/** An answer is final when the log was read to well after the change, or when nobody can wait any longer. */
function isPending({ change }: OpenChange, { upto, now }: AnswerParts): { pending: boolean; gap: string } {
  const region = change.region === 'global' ? 'us-east-1' : change.region;
  const read = upto.get(placeKey({ account: change.account, region }));
  const gap = read === undefined ? 'its audit log was not read' : '';
  const at = Date.parse(change.at);
  if (now - at > PATIENCE_MS) return { pending: false, gap };
  return { pending: (read ?? 0) < at + LATE_MS, gap };
}

interface Candidates {
  readonly all: readonly AuditRecord[];
  readonly of: (subject: Subject) => readonly AuditRecord[];
}

const SKEW_MS = 60_000;
const MOST_KEYS = 4000;

/** Events that name any of the page's resources, by name. */
async function candidatesFor(subjects: readonly Subject[], { history }: AnswerParts): Promise<Candidates> {
  const keys = [
    ...new Set(
      subjects.flatMap(({ names, references, change }) => [...names, ...(change.type === 'ebs' ? references : [])]),
    ),
  ];
  const window = {
    accounts: [...new Set(subjects.map(({ change }) => change.account))],
    from: new Date(Math.min(...subjects.map(({ from }) => from)) - SKEW_MS).toISOString(),
    to: new Date(Math.max(...subjects.map(({ to }) => to)) + SKEW_MS).toISOString(),
  };
  const byKey = new Map<string, AuditRecord[]>();
  const all = new Map<string, AuditRecord>();
  for (let i = 0; i < keys.length; i += MOST_KEYS) {
    const { events } = await history.events({ ...window, keys: keys.slice(i, i + MOST_KEYS), limit: 50_000 });
    for (const event of events) {
      const record = all.get(event.id) ?? readRecord(event.body);
      if (!record) continue;
      all.set(event.id, record);
      for (const key of event.keys) byKey.set(key, [...(byKey.get(key) ?? []), record]);
    }
  }
  const of = ({ names, references, change }: Subject): AuditRecord[] => {
    const found = [...names, ...(change.type === 'ebs' ? references : [])].flatMap((name) => byKey.get(name) ?? []);
    return [...new Set(found)].filter(({ account }) => account === change.account);
  };
  return { all: [...all.values()], of };
}

const LONGEST_CHAIN = 4;

/** The events that opened the sessions of these calls, and those that opened the sessions of these, and so on. */
async function openingsOf(records: readonly AuditRecord[], { history, upto, now }: AnswerParts) {
  const openings = new Map<string, AuditRecord[]>();
  const accounts = new Set([...upto.keys()].map((key) => key.slice(0, key.indexOf('/'))));
  for (const { account } of records) accounts.add(account);
  let wanted = keysOf(records, openings);
  const times = records.map(({ at }) => at);
  const from = new Date(Math.min(now, ...times) - SESSION_MS).toISOString();
  const to = new Date(Math.max(0, ...times)).toISOString();
  for (let depth = 0; depth < LONGEST_CHAIN && wanted.length > 0; depth++) {
    const found: AuditRecord[] = [];
    for (const grants of chunks(wanted, 1000)) {
      const { events } = await history.events({ accounts: [...accounts], from, to, grants });
      for (const { body, grants: key } of events) {
        const record = readRecord(body);
        if (!record) continue;
        openings.set(key, [...(openings.get(key) ?? []), record]);
        found.push(record);
      }
    }
    wanted = keysOf(found, openings);
  }
  return openings;
}

function keysOf(records: readonly AuditRecord[], known: ReadonlyMap<string, unknown>): string[] {
  const keys = records.map(({ caller }) => caller.accessKey).filter((key) => key !== '' && !known.has(key));
  return [...new Set(keys)];
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}
