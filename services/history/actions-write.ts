/** The actions that write: each becomes work for this process' writer. */
import type { Static } from 'typebox';
import { elavaError } from '../../lib/errors.ts';
import type { Coverage } from '../../lib/resource.ts';
import { storedAttribution } from './attributions.ts';
import { judgements } from './due.ts';
import { clearedEvaluation, storedEvaluation } from './evaluations.ts';
import { addExemption, removeExemption } from './exemptions.ts';
import type { historyContract } from './history.contract.ts';
import { toMs } from './instant.ts';
import type { Memory, Writing } from './memory.ts';
import { keepPlan } from './records.ts';
import type { Judged } from './revision-rows.ts';
import { storeCursor, storeEvents } from './trail.ts';

type Params<K extends keyof typeof historyContract.actions> = Static<(typeof historyContract.actions)[K]['params']>;

export async function ingest(memory: Writing, params: Params<'ingest'>): Promise<{ written: number }> {
  const { scan, unit, resources } = params;
  const at = toMs(params.at, 'at');
  const { written } = await memory.writer.write({
    kind: 'ingest',
    unit,
    at,
    rows: resources.length,
    ids: () => resources.map(({ resource }) => resource.id),
    batch: { scan, unit, at, resources },
  });
  return { written };
}

export async function observe(memory: Writing, params: Params<'observe'>): Promise<Coverage> {
  return close(memory, params, []);
}

export async function conclude(memory: Writing, params: Params<'conclude'>): Promise<Coverage> {
  const { resources, absent } = params;
  const gone = new Set(absent);
  const both = resources.find(({ resource }) => gone.has(resource.id));
  if (both) throw elavaError('INVALID_REQUEST', `${both.resource.id} is there and absent in one observation`);
  return close(memory, params, resources);
}

async function close(
  memory: Writing,
  params: Params<'observe'>,
  resources: Params<'conclude'>['resources'],
): Promise<Coverage> {
  const { scan, unit, absent } = params;
  const started = toMs(params.started, 'started');
  const finished = toMs(params.finished, 'finished');
  const { coverage } = await memory.writer.write({
    kind: 'observe',
    unit,
    at: finished,
    rows: resources.length + absent.length + 1,
    ids: () => [],
    observed: { ...params, started, finished },
    ...(resources.length > 0 && { batch: { scan, unit, at: finished, resources } }),
  });
  if (!coverage) throw elavaError('INTERNAL', 'an observation came to no coverage');
  return coverage;
}

/** A unit that was judged since a revision keeps the instant at which it was last judged as a whole. */
export async function storeJudged(memory: Writing, params: Params<'judged'>): Promise<{ written: number }> {
  const { unit, bundle, evaluations, cleared, upto, since } = params;
  const at = toMs(params.at, 'at');
  const mark = upto === undefined ? undefined : await markOf(memory, { unit, bundle, at, upto, since });
  const gone = cleared.map((entry) => clearedEvaluation({ ...entry, unit, at, bundle }));
  const { written } = await memory.writer.write({
    kind: 'judged',
    unit,
    at,
    rows: evaluations.length + cleared.length + 1,
    ids: () => [],
    evaluations: [...evaluations.map(storedEvaluation), ...gone],
    mark,
  });
  return { written };
}

interface Mark {
  readonly unit: Params<'judged'>['unit'];
  readonly bundle: string;
  readonly at: number;
  readonly upto: string;
  readonly since: string | undefined;
}

async function markOf(memory: Writing, { unit, bundle, at, upto, since }: Mark): Promise<Judged> {
  if (since === undefined) return { ...unit, bundle, whole_at: at, upto };
  const { account, region, type } = unit;
  const before = await judgements(memory.store, { accounts: [account], regions: [region], types: [type] });
  return { ...unit, bundle, whole_at: [...before.values()][0]?.whole_at ?? 0, upto };
}

/** Events have no revision: they explain changes and are none. */
export async function trail(memory: Memory, { events }: Params<'trail'>): Promise<{ stored: number }> {
  return { stored: await storeEvents(memory.store, events, memory.options.clock.now()) };
}

export async function cursor(memory: Memory, params: Params<'cursor'>): Promise<object> {
  await storeCursor(memory.store, params, memory.options.clock.now());
  return {};
}

export async function attributed(memory: Memory, { changes }: Params<'attributed'>): Promise<{ written: number }> {
  const [first] = changes;
  if (!first) return { written: 0 };
  const now = memory.options.clock.now();
  const { written } = await memory.writer.write({
    kind: 'attributed',
    unit: { account: first.account, region: first.region, type: first.type },
    at: now,
    rows: changes.length,
    ids: () => [],
    attributions: changes.map((change) => storedAttribution(change, now)),
  });
  return { written };
}

export async function exempt(memory: Memory, exemption: Params<'exempt'>): Promise<object> {
  await addExemption(memory.store, exemption, memory.options.clock.now());
  return {};
}

export async function keep(memory: Memory, plan: Params<'keep'>): Promise<object> {
  await keepPlan(memory.store, plan);
  return {};
}

export async function unexempt(memory: Memory, { id }: Params<'unexempt'>): Promise<object> {
  await removeExemption(memory.store, id, memory.options.clock.now());
  return {};
}
