/** Name → function, for the service. */
import type { Implementation } from '../../lib/contract.ts';
import type { Unit } from '../../lib/resource.ts';
import * as ask from './actions-ask.ts';
import * as read from './actions-read.ts';
import * as tally from './actions-tally.ts';
import * as write from './actions-write.ts';
import type { analysis as kept } from './analysis.schema.ts';
import * as analysis from './analysis-store.ts';
import { readDecisions, storeDecisions } from './decisions.ts';
import type { MemoryWriter } from './history.client.ts';
import type { historyContract } from './history.contract.ts';
import type { Memory, Writing } from './memory.ts';
import { readPace } from './pace.ts';
import type { questions } from './questions.schema.ts';
import type { writing } from './writing.schema.ts';

/** `memory` throws while the store is not open. */
export function actionsOf(memory: () => Memory): Implementation<typeof historyContract>['actions'] {
  return {
    ...questionsOf(memory),
    ...writingOf((work) => async (params) => work(memory(), params)),
    resources: (params) => read.resources(memory(), params),
    verdicts: (params) => tally.verdicts(memory(), params),
    grid: (params) => tally.grid(memory(), params),
    changes: (params) => read.changes(memory(), params),
    timeline: (params) => read.timeline(memory(), params),
    coverage: (params) => read.coverage(memory(), params),
    pace: (params) => readPace(memory().store, params),
    due: (params) => read.due(memory(), params),
    judging: (params) => read.judging(memory(), params),
    evaluations: (params) => read.evaluations(memory(), params),
    trail: (params) => write.trail(memory(), params),
    events: (params) => read.events(memory(), params),
    cursors: () => read.cursors(memory()),
    cursor: (params) => write.cursor(memory(), params),
    open: (params) => read.open(memory(), params),
    attributed: (params) => write.attributed(memory(), params),
    exemptions: () => read.exemptions(memory()),
    exempt: (params) => write.exempt(memory(), params),
    unexempt: (params) => write.unexempt(memory(), params),
    record: (params) => memory().records.append(params),
    records: (params) => read.records(memory(), params),
    keep: (params) => write.keep(memory(), params),
    plans: (params) => read.plans(memory(), params),
    referrers: (params) => read.referrers(memory(), params),
    decided: ({ decisions }) => storeDecisions(memory().store, decisions),
    decisions: (params) => readDecisions(memory().store, params),
    status: () => read.status(memory()),
    begin: (params) => memory().revisions.begin(params),
    end: (params) => done(memory().revisions.end(params)),
    settle: (params) => done(memory().revisions.settle(params)),
    inherit: (params) => done(memory().revisions.inherit(params)),
  };
}

/** How an action comes to the memory that it works with. */
type Within = <P extends { readonly unit: Unit }, R>(
  work: (memory: Writing, params: P) => Promise<R>,
) => (params: P) => Promise<R>;

/** What is written by units, for the process that holds the unit's account. */
export function writingOf(within: Within): Pick<Actions, keyof typeof writing> {
  return {
    known: within(read.known),
    ingest: within(write.ingest),
    observe: within(write.observe),
    conclude: within(write.conclude),
    judged: within(write.storeJudged),
  };
}

/** The same where others hold the accounts: passed on, for callers that do not know who. */
export function passedOn(writer: MemoryWriter): Pick<Actions, keyof typeof writing> {
  return {
    known: (params) => writer.known(params),
    ingest: (params) => writer.ingest(params),
    observe: (params) => writer.observe(params),
    conclude: (params) => writer.conclude(params),
    judged: (params) => writer.judged(params),
  };
}

async function done(work: Promise<void>): Promise<object> {
  await work;
  return {};
}

type Actions = Implementation<typeof historyContract>['actions'];

/** What is asked of time, and what the analyzers keep. */
function questionsOf(memory: () => Memory): Pick<Actions, keyof typeof questions | keyof typeof kept> {
  return {
    counts: (params) => ask.counts(memory(), params),
    series: (params) => ask.series(memory(), params),
    activity: (params) => ask.activity(memory(), params),
    search: (params) => ask.search(memory(), params),
    states: (params) => ask.states(memory(), params),
    relations: (params) => ask.relations(memory(), params),
    diff: (params) => ask.diff(memory(), params),
    linked: (params) => analysis.linked(memory(), params),
    measured: (params) => analysis.measured(memory(), params),
    usage: (params) => analysis.usage(memory(), params),
    found: (params) => analysis.found(memory(), params),
    findings: (params) => analysis.findings(memory(), params),
  };
}
