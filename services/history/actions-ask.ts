/** The actions that answer temporal questions: parameters checked and turned into milliseconds, then the questions. */
import type { Static } from 'typebox';
import { elavaError } from '../../lib/errors.ts';
import { readActivity } from './activity.ts';
import { withAttributions } from './answers.ts';
import { bucketsAxis, instantsAxis } from './axis.ts';
import { DEFAULT_TOP } from './cells.ts';
import { countByType, countGroups } from './counts.ts';
import { coverageSummary } from './coverage-summary.ts';
import { DEFAULT_LIMIT } from './cursor.ts';
import { countDifference, readDifference } from './difference.ts';
import { toMs } from './instant.ts';
import type { Memory } from './memory.ts';
import { inTime, ms, split } from './past.ts';
import type { questions } from './questions.schema.ts';
import { readRelations } from './relations.ts';
import { searchResources } from './search.ts';
import { observedUnits, readSeries } from './series.ts';
import { readStates } from './states.ts';

type Params<K extends keyof typeof questions> = Static<(typeof questions)[K]['params']>;

const isoOf = (points: readonly number[]): string[] => points.map((point) => new Date(point).toISOString());

export async function counts(memory: Memory, { filter, at, by, limit = DEFAULT_LIMIT }: Params<'counts'>) {
  const then = ms(at, 'at');
  const { store, options } = memory;
  const { ownerTags } = options;
  const [[types, grouped], coverage] = await Promise.all([
    inTime(memory, then, (asOf) =>
      Promise.all([
        countByType(store, split(memory, filter), asOf),
        by && countGroups(store, { filter: split(memory, filter), asOf, by, ownerTags, limit }),
      ]),
    ),
    coverageSummary(store, filter, then),
  ]);
  if (!grouped) return { types, coverage };
  const shown = grouped.groups.reduce((sum, { count }) => sum + count, 0);
  return { types, groups: grouped.groups, rest: grouped.total - shown, coverage };
}

export async function series(memory: Memory, params: Params<'series'>) {
  const { filter, by = [], step = 'day', top = DEFAULT_TOP } = params;
  const { store, options, revisions } = memory;
  const from = toMs(params.from, 'from');
  const axis = instantsAxis(from, ms(params.to, 'to') ?? options.clock.now(), step);
  const [found, units, coverage] = await Promise.all([
    inTime(memory, from, () =>
      readSeries(store, {
        filter: split(memory, filter),
        axis,
        by,
        top,
        ownerTags: options.ownerTags,
        committed: revisions.committed,
      }),
    ),
    observedUnits(store, filter, axis),
    coverageSummary(store, filter, params.to === undefined ? undefined : axis.to),
  ]);
  return { at: isoOf(axis.points), ...found, units, coverage };
}

export async function activity(memory: Memory, params: Params<'activity'>) {
  const { filter, by = [], step = 'day', top = DEFAULT_TOP, actors, actor_kinds } = params;
  const axis = bucketsAxis(toMs(params.from, 'from'), ms(params.to, 'to') ?? memory.options.clock.now(), step);
  const [found, coverage] = await Promise.all([
    readActivity(memory.store, {
      filter: split(memory, filter),
      axis,
      by,
      top,
      actors,
      actor_kinds,
      committed: memory.revisions.committed,
    }),
    coverageSummary(memory.store, filter, params.to === undefined ? undefined : axis.to),
  ]);
  return { at: isoOf(axis.points), ...found, coverage };
}

export async function diff(memory: Memory, params: Params<'diff'>) {
  const from = toMs(params.from, 'from');
  const to = toMs(params.to, 'to');
  if (from > to) throw elavaError('INVALID_REQUEST', `from (${params.from}) is later than to (${params.to})`);
  const { store, revisions } = memory;
  const { after, limit, baseline, actors, actor_kinds, by } = params;
  const window = { filter: split(memory, params.filter), from, to, committed: revisions.committed };
  const question = { ...window, baseline, actors, actor_kinds };
  const [[page, groups], coverage] = await Promise.all([
    inTime(memory, from, () =>
      Promise.all([readDifference(store, { ...question, after, limit }), by && countDifference(store, question, by)]),
    ),
    coverageSummary(store, params.filter, to),
  ]);
  const changes = await withAttributions(store, page.changes);
  return { ...page, changes, ...(groups && { groups }), coverage };
}

const MOST_FOUND = 20;

export async function search(memory: Memory, { text, filter, gone, limit = MOST_FOUND }: Params<'search'>) {
  if (text.trim() === '') throw elavaError('INVALID_REQUEST', 'text: there is no word to look for');
  const [found, coverage] = await Promise.all([
    searchResources(memory.store, { filter: split(memory, filter), text, gone, limit }),
    coverageSummary(memory.store, filter),
  ]);
  return { ...found, coverage };
}

export async function states(memory: Memory, { filter, at, since_before, after, limit }: Params<'states'>) {
  const then = ms(at, 'at');
  const sinceBefore = ms(since_before, 'since_before');
  const now = then ?? memory.options.clock.now();
  const [found, coverage] = await Promise.all([
    inTime(memory, then, (asOf) =>
      readStates(memory.store, { filter: split(memory, filter), asOf, now, sinceBefore, after, limit }),
    ),
    coverageSummary(memory.store, filter, then),
  ]);
  return { ...found, coverage };
}

export async function relations(memory: Memory, { id, at, limit }: Params<'relations'>) {
  const then = ms(at, 'at');
  const { own, relations: found } = await inTime(memory, then, () =>
    readRelations(memory.store, { id, at: then, limit }),
  );
  const coverage = await coverageSummary(memory.store, { accounts: [own.account] }, then);
  return { id: own.id, relations: found, coverage };
}
