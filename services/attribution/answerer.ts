/** Answers open changes from the stored events: those that nobody has looked at yet, and those that are pending. */
import type { Attribution } from '../../lib/resource.ts';
import type { AttributedChange, OpenChange } from '../history/history.contract.ts';
import { attributionOf } from './answer.ts';
import { correlate } from './correlate.ts';
import { openingsOf } from './openings.ts';
import type { History, LogReader } from './reader.ts';
import { type AuditRecord, readRecord } from './record.ts';
import { placeOf } from './sources.ts';
import { type Subject, subjectOf } from './subject.ts';

export interface AnswerParts {
  readonly history: History;
  readonly ownerTags: readonly string[];
  readonly lookbackMs: number;
  /** Milliseconds. */
  readonly now: number;
  readonly log: LogReader;
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
const position = { source: 'changes', account: '', region: '' } as const;

export async function answerOpen(parts: AnswerParts): Promise<Answered> {
  const sum: Answered = { attributed: 0, guessed: 0, pending: 0 };
  const { history, now, lookbackMs } = parts;
  const created_since = new Date(now - lookbackMs).toISOString();
  const pending = await history.open({ pending: true, created_since, limit: PAGE });
  let after = await watermark(history);
  // What is new first: should the time for reading be up, the others have an answer already.
  for (let more = true; more; ) {
    const { open, committed } = await history.open({ after, created_since, limit: PAGE });
    await answerPage(wholeRevisions(open), parts, sum, false);
    more = open.length >= PAGE;
    const next = more ? (wholeRevisions(open).at(-1)?.change.revision ?? committed) : committed;
    if (next !== after)
      await history.cursor({ ...position, ...nothing, position: next, upto: new Date(now).toISOString() });
    after = next;
  }
  await answerPage(pending.open, parts, sum, true);
  return sum;
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
  await parts.log.ensure(
    subjects.map(({ change, from, to }) => ({ place: placeOf(change), from: from - SKEW_MS, to: to + SKEW_MS })),
  );
  const records = await candidatesFor(subjects, parts);
  const openings = await openingsOf(records.all, parts);
  const answered = open.map((one, i): AttributedChange => {
    const subject = subjects[i] as Subject;
    const wait = isPending(one, subject, parts);
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
function isPending({ change }: OpenChange, { from }: Subject, { log, now }: AnswerParts) {
  const place = placeOf(change);
  const at = Date.parse(change.at);
  const pending = now - at <= PATIENCE_MS && !log.covers(place, { from, to: at });
  return { pending, gap: log.gap(place) };
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
