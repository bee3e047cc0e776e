/** The actions that read: parameters checked and turned into milliseconds, then the questions. */
import type { Static } from 'typebox';
import { withAttributions } from './answers.ts';
import { readOpen } from './attributions.ts';
import { readChanges } from './changes.ts';
import { coverageOf } from './coverage.ts';
import { coverageSummary } from './coverage-summary.ts';
import { dueUnits } from './due.ts';
import { readEvaluations } from './evaluations.ts';
import { readExemptions } from './exemptions.ts';
import type { historyContract } from './history.contract.ts';
import { toMs } from './instant.ts';
import type { Memory, Writing } from './memory.ts';
import { inTime, ms, split } from './past.ts';
import { readPlans, readRecords } from './records.ts';
import { readReferrers } from './referrers.ts';
import { readResources } from './resources.ts';
import { readStatus } from './status.ts';
import { readTimeline } from './timeline.ts';
import { readCursors, readEvents } from './trail.ts';

type Params<K extends keyof typeof historyContract.actions> = Static<(typeof historyContract.actions)[K]['params']>;

export function known(memory: Writing, { unit, after, limit }: Params<'known'>) {
  return memory.known.read(unit, { after, limit });
}

export async function resources(memory: Memory, { filter, at, after, limit }: Params<'resources'>) {
  const then = ms(at, 'at');
  const [page, coverage] = await Promise.all([
    inTime(memory, then, (asOf) => readResources(memory.store, { filter: split(memory, filter), asOf, after, limit })),
    coverageSummary(memory.store, filter, then),
  ]);
  return { ...page, coverage };
}

export async function changes(memory: Memory, params: Params<'changes'>) {
  const { filter, since, until, since_revision, baseline, actors, actor_kinds, after, limit } = params;
  const [page, coverage] = await Promise.all([
    readChanges(memory.store, {
      filter: split(memory, filter),
      since: ms(since, 'since'),
      until: ms(until, 'until'),
      sinceRevision: since_revision,
      baseline,
      actors,
      actor_kinds,
      after,
      limit,
      committed: memory.revisions.committed,
    }),
    coverageSummary(memory.store, filter),
  ]);
  return { ...page, changes: await withAttributions(memory.store, page.changes), coverage };
}

export function timeline({ store }: Memory, { id, limit }: Params<'timeline'>) {
  return readTimeline(store, id, limit);
}

export async function coverage(memory: Memory, { filter, scan }: Params<'coverage'>) {
  const [units, summary] = await Promise.all([
    coverageOf(memory.store, filter, scan),
    coverageSummary(memory.store, filter),
  ]);
  return { units, summary };
}

export async function due(memory: Memory, { bundle, judged_before, filter }: Params<'due'>) {
  const judgedBefore = toMs(judged_before, 'judged_before');
  const now = memory.options.clock.now();
  const demand = { bundle, judgedBefore, filter, committed: memory.revisions.committed, now };
  const units = await dueUnits(memory.store, demand);
  memory.judging.begin(units);
  return { units };
}

export function judging(memory: Memory, { unit, since, join, after, limit }: Params<'judging'>) {
  return memory.judging.page({ unit, since, join, after, limit });
}

export async function evaluations(memory: Memory, params: Params<'evaluations'>) {
  const { filter, decisions, policies, rules, since, after, limit } = params;
  const [page, summary] = await Promise.all([
    readEvaluations(memory.store, {
      filter: split(memory, filter),
      decisions,
      policies,
      rules,
      since: ms(since, 'since'),
      after,
      limit,
    }),
    coverageSummary(memory.store, filter),
  ]);
  return { ...page, coverage: summary };
}

export async function exemptions(memory: Memory) {
  return { exemptions: await readExemptions(memory.store) };
}

export function status(memory: Memory) {
  return readStatus(memory.store, memory.revisions.committed);
}

export function events(memory: Memory, question: Params<'events'>) {
  return readEvents(memory.store, question);
}

export async function cursors(memory: Memory) {
  return { cursors: await readCursors(memory.store) };
}

export async function records(memory: Memory, question: Params<'records'>) {
  return { records: await readRecords(memory.store, question) };
}

export async function plans(memory: Memory, question: Params<'plans'>) {
  return { plans: await readPlans(memory.store, question) };
}

export async function referrers(memory: Memory, { ids }: Params<'referrers'>) {
  return { referrers: ids.length === 0 ? [] : await readReferrers(memory.store, ids) };
}

export async function open(memory: Memory, { after, pending, created_since, limit = 1000 }: Params<'open'>) {
  const { committed } = memory.revisions;
  const createdSince = toMs(created_since, 'created_since');
  const page = await readOpen(memory.store, { after, pending, limit, committed, createdSince });
  return { ...page, committed: String(committed) };
}
