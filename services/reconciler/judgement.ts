/** Looks at the estate anew before anything is done: scans the units, judges them with today's policies, and gathers what is known. */
import type { Client } from '../../lib/contract.ts';
import { codeOf, messageOf } from '../../lib/errors.ts';
import { type Change, type Unit, unitKey } from '../../lib/resource.ts';
import type { Evaluation, historyContract, StoredResource } from '../history/history.contract.ts';
import type { policyContract } from '../policy/policy.contract.ts';
import type { scannerContract } from '../scanner/scanner.contract.ts';
import type { Book } from './book.ts';
import { markTags } from './fingerprint.ts';
import type { Facts } from './plan.ts';
import type { Item, Reference } from './reconciler.schema.ts';

type History = Pick<
  Client<typeof historyContract>,
  'resources' | 'evaluations' | 'changes' | 'referrers' | 'counts' | 'timeline'
>;
export interface JudgementParts {
  readonly history: History;
  readonly scanner: Pick<Client<typeof scannerContract>, 'scan' | 'types'>;
  readonly policy: Pick<Client<typeof policyContract>, 'judge' | 'bundle'>;
  readonly book: Pick<Book, 'switches'>;
}

/** Ids that history takes at once. */
const CHUNK = 1000;

/** Scans and judges the items' units. Resolves with why a unit cannot be relied on, by unit; none: all is known and fresh. */
export async function refresh(
  items: readonly Item[],
  run: string,
  parts: JudgementParts,
): Promise<Map<string, string>> {
  const units = [
    ...new Map(
      items.map(({ account, region, type }) => [unitKey({ account, region, type }), { account, region, type }]),
    ).values(),
  ];
  const faults = new Map<string, string>();
  for (const unit of units) {
    const fault = await refreshUnit(unit, run, parts);
    if (fault !== undefined) faults.set(unitKey(unit), fault);
  }
  return faults;
}

async function refreshUnit(unit: Unit, run: string, { scanner, policy }: JudgementParts): Promise<string | undefined> {
  try {
    const { state, error, held } = await scanner.scan({ scan: run, unit });
    if (state !== 'complete') return `the scan of ${unitKey(unit)} is ${state} (${error})`;
    if (held > 0) return `${held} resources of ${unitKey(unit)} vanished, which is not confirmed yet`;
    const filter = { accounts: [unit.account], regions: [unit.region], types: [unit.type] };
    await policy.judge({ filter, all: true });
    return undefined;
  } catch (error) {
    return `${unitKey(unit)} could not be looked at: ${codeOf(error)}: ${messageOf(error)}`;
  }
}

/** The facts of these resources, as the memory has them now. */
export async function gather(ids: readonly string[], now: number, parts: JudgementParts): Promise<Facts> {
  const { history, scanner, book } = parts;
  const resources = new Map<string, StoredResource>();
  const referrers = new Map<string, Reference[]>();
  const changed = new Map<string, { at: number; by: string }>();
  for (const some of chunks(ids)) {
    const [found, referring, changes] = await Promise.all([
      history.resources({ filter: { ids: some }, limit: CHUNK }),
      history.referrers({ ids: some }),
      history.changes({ filter: { ids: some }, limit: 10_000 }),
    ]);
    for (const resource of found.resources) resources.set(resource.id, resource);
    for (const { target, ...reference } of referring.referrers) {
      referrers.set(target, [...(referrers.get(target) ?? []), reference]);
    }
    newestOf(changes.changes, changed);
  }
  for (const [id, { first_seen, created_at }] of resources) {
    // A resource that was never seen to change is as old as it says itself, if it does.
    if (!changed.has(id)) changed.set(id, { at: Date.parse(created_at || first_seen), by: '' });
  }
  return { now, resources, referrers, changed, volatile: await volatileOf(scanner), stopped: await stoppedOf(book) };
}

async function volatileOf(scanner: JudgementParts['scanner']): Promise<Map<string, string[]>> {
  const { types } = await scanner.types({});
  return new Map(types.map(({ type, volatile }) => [type, volatile ?? []]));
}

async function stoppedOf(book: JudgementParts['book']): Promise<Map<string, string>> {
  const stopped = [...(await book.switches()).values()].filter((one) => one.stopped);
  return new Map(stopped.map(({ policy, reason }) => [policy, reason]));
}

/** Changes come newest first. */
function newestOf(changes: readonly Change[], into: Map<string, { at: number; by: string }>): void {
  for (const change of changes) if (!into.has(change.id) && !isMark(change)) into.set(change.id, changeOf(change));
}

function changeOf({ at, attribution }: Change): { at: number; by: string } {
  return { at: Date.parse(at), by: attribution?.actor ?? '' };
}

const markPaths: ReadonlySet<string> = new Set(Object.values(markTags).map((tag) => `tags.${tag}`));

/** A change of nothing but the tags that Elava itself set. */
function isMark({ fields }: Change): boolean {
  return fields.length > 0 && fields.every(({ path }) => markPaths.has(path));
}

/** All evaluations of these resources, by resource. */
export async function evaluationsOf(ids: readonly string[], history: History): Promise<Map<string, Evaluation[]>> {
  const all: Evaluation[] = [];
  for (const some of chunks(ids)) {
    for (let after: string | undefined, more = true; more; ) {
      const page = await history.evaluations({ filter: { ids: some }, limit: 10_000, ...(after ? { after } : {}) });
      all.push(...page.evaluations);
      after = page.next;
      more = after !== undefined;
    }
  }
  return Map.groupBy(all, ({ resource_id }) => resource_id);
}

/** Live resources of the items' accounts, by `account/type`. */
export async function populationOf(
  items: readonly Item[],
  history: Pick<History, 'counts'>,
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const account of new Set(items.map((item) => item.account))) {
    const { types } = await history.counts({ filter: { accounts: [account] } });
    for (const [type, count] of Object.entries(types)) found.set(`${account}/${type}`, count);
  }
  return found;
}

function chunks(ids: readonly string[]): string[][] {
  const unique = [...new Set(ids)];
  return Array.from({ length: Math.ceil(unique.length / CHUNK) }, (_, i) => unique.slice(i * CHUNK, (i + 1) * CHUNK));
}
