/**
 * The differ alone: random estates, pages and faults, ten thousand times. What a scan reports as absent, and what the memory
 * makes of it, are pure functions of what it was shown.
 */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import Type from 'typebox';
import { type ErrorCode, elavaError } from '../lib/errors.ts';
import type { Coverage, Unit } from '../lib/resource.ts';
import { concludeInTurn } from '../services/history/history.client.ts';
import type { KnownResource } from '../services/history/known.ts';
import { planObservation } from '../services/history/observe.ts';
import { contentOf, resourceOf } from '../services/scanner/content.ts';
import type { Memory } from '../services/scanner/memory.ts';
import { gapOf } from '../services/scanner/pages.ts';
import type { Provider } from '../services/scanner/provider.ts';
import { defineType, everything, type Gap } from '../services/scanner/resource-type.ts';
import { scanUnit } from '../services/scanner/scan.ts';
import { testParts } from '../services/scanner/testing.ts';

const RUNS = 10_000;
const unit: Unit = { account: '1', region: 'r', type: 'thing' };
const idOf = (n: number): string => `thing-${n}`;

interface Thing {
  readonly n: number;
  readonly value: number;
}
type DetailFault = 'gap' | 'unread' | 'gone' | 'fatal';
interface Page {
  readonly things: readonly Thing[];
  readonly fault?: ErrorCode | undefined;
}
interface Scenario {
  /** What the memory knows, and what there is now. */
  readonly known: readonly Thing[];
  readonly pages: readonly Page[];
  readonly details: ReadonlyMap<number, DetailFault>;
  readonly openFails: boolean;
}

const code: fc.Arbitrary<ErrorCode> = fc.constantFrom(
  'AWS_ACCESS_DENIED',
  'AWS_THROTTLED',
  'AWS_REGION_DISABLED',
  'AWS_CREDENTIALS_EXPIRED',
  'AWS_UNREACHABLE',
  'AWS_RESPONSE_INVALID',
  'INTERNAL',
);
const thing: fc.Arbitrary<Thing> = fc.record({ n: fc.nat(24), value: fc.nat(2) });
const scenario: fc.Arbitrary<Scenario> = fc.record({
  known: fc.uniqueArray(thing, { selector: ({ n }) => n, maxLength: 25 }),
  pages: fc.array(
    fc.record({
      // A page may be empty, and a moving listing may show a thing twice.
      things: fc.array(thing, { maxLength: 8 }),
      fault: fc.option(code, { nil: undefined, freq: 12 }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  details: fc
    .array(fc.tuple(fc.nat(24), fc.constantFrom<DetailFault>('gap', 'unread', 'gone', 'fatal')), { maxLength: 2 })
    .map((pairs) => new Map(pairs)),
  openFails: fc.nat(40).map((n) => n === 0),
});

function providerOf({ pages, details, openFails }: Scenario): Provider {
  const type = defineType<unknown, Thing>({
    type: 'thing',
    title: 'Thing',
    service: 'x',
    global: false,
    actions: [],
    fields: Type.Object({ value: Type.Optional(Type.Integer()) }),
    list: async (_context, token = '0') => {
      const at = Number(token);
      const page = pages[at] as Page;
      if (page.fault) throw elavaError(page.fault, 'a page that fails');
      return { items: page.things, next: at + 1 < pages.length ? String(at + 1) : undefined };
    },
    detail: async (_context, item) => {
      const fault = details.get(item.n);
      if (fault === 'gone') return undefined;
      const gaps: Gap[] = fault === undefined ? [] : [gapOf(fieldsOf(fault), errorOf(fault))];
      return { item, gaps };
    },
    map: ({ n, value }) => mapped({ n, value }),
  });
  return {
    name: 'test',
    types: new Map([['thing', type]]),
    regions: ['r'],
    open: async () => {
      if (openFails) throw elavaError('AWS_CREDENTIALS_INVALID', 'no way in');
      return {};
    },
    explain: async (error: unknown) => error,
  } as unknown as Provider;
}

const fieldsOf = (fault: DetailFault): string[] => (fault === 'gap' ? ['value'] : [everything]);
const errorOf = (fault: DetailFault) =>
  elavaError(fault === 'fatal' ? 'AWS_CREDENTIALS_EXPIRED' : 'AWS_ACCESS_DENIED', 'a detail that fails');

function mapped({ n, value }: Thing) {
  const id = idOf(n);
  return { id, name: id, status: '', tags: {}, created_at: '', refs: [], fields: { value }, metadata: {} };
}

const stored = (one: Thing) => resourceOf('test', unit, mapped(one));

/** What a scan sent, and what the memory's pure plan makes of its end. */
class Plan {
  readonly sent = new Map<string, unknown>();
  /** What the scan says is no longer there. */
  absent: readonly string[] = [];
  tombstones: string[] = [];
  row: Coverage | undefined;
  readonly #known: readonly Thing[];

  constructor(known: readonly Thing[]) {
    this.#known = known;
  }

  memory(): Memory {
    const memory: Memory = {
      known: async () => ({
        entries: this.#known.map((one) => ({ id: idOf(one.n), hash: contentOf(stored(one), undefined).hash })),
        baseline: false,
      }),
      resources: async () => ({ resources: this.#known.map(stored) }) as never,
      ingest: async ({ resources }) => {
        for (const { resource } of resources) this.sent.set(resource.id, resource.metadata.value);
        return { written: resources.length };
      },
      observe: async (observed) => this.#observe(observed),
      conclude: (last) => concludeInTurn(memory, last),
    };
    return memory;
  }

  #observe(observed: Parameters<Memory['observe']>[0]): Coverage {
    this.absent = observed.absent;
    const missed = this.#known.map(({ n }) => idOf(n)).filter((id) => observed.absent.includes(id));
    const { result, versions = [] } = planObservation(
      { ...observed, started: 2, finished: 3 },
      {
        state: { last_complete: 1, held: [], held_by: '', held_seen: 0 },
        live: this.#known.length,
        written: { changed: 0, gone: 0 },
        missed: missed.map(rowOf),
      },
    );
    this.tombstones = versions.map(({ id }) => id);
    this.row = result.coverage;
    return result.coverage;
  }
}

function rowOf(id: string): KnownResource {
  return {
    id,
    rid: id,
    name: id,
    tags: {},
    rev: '1',
    at: 1,
    hash: '',
    status: '',
    state_since: 1,
    first_seen: 1,
    live: true,
  };
}

/** What the listing shows before it fails, if it does. */
function shown({ pages, details, openFails }: Scenario) {
  const things = new Map<number, Thing>();
  if (openFails) return { things, whole: false };
  for (const page of pages) {
    if (page.fault) return { things, whole: false };
    if (page.things.some(({ n }) => details.get(n) === 'fatal')) return { things, whole: false };
    for (const one of page.things) if (details.get(one.n) !== 'gone') things.set(one.n, one);
  }
  const partly = [...things.keys()].some((n) => details.has(n));
  return { things, whole: !partly };
}

const parts = testParts();
const outcomes = new Map<string, number>();

test(`nothing disappears but from a complete unit, ${RUNS} times`, async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const plan = new Plan(given.known);
      const scanning = { ...parts, provider: providerOf(given), memory: plan.memory(), timeoutMs: 60_000 };
      const row = await scanUnit({ scan: 's', unit }, scanning, new AbortController().signal);
      outcomes.set(row.state, (outcomes.get(row.state) ?? 0) + 1);
      const { things, whole } = shown(given);
      // Complete is exactly what was shown whole.
      expect(row.state === 'complete').toBe(whole);
      const absent = given.known.filter(({ n }) => !things.has(n)).map(({ n }) => idOf(n));
      // Each of the two would do by itself: the scan does not say it, and the memory would not believe it.
      expect(plan.absent.toSorted()).toEqual(whole ? absent.toSorted() : []);
      if (!whole) expect(plan.tombstones).toEqual([]);
      for (const id of plan.tombstones) expect(absent).toContain(id);
      // Held when the whole unit vanished, else gone: what is absent is never both, and never forgotten.
      if (whole) expect(row.gone + row.held).toBe(absent.length);
      // What changed was sent, whatever failed after it; what did not was not.
      const before = new Map(given.known.map(({ n, value }) => [n, value]));
      for (const [n, { value }] of things) {
        if (given.details.has(n)) continue;
        const repeated = given.pages.flatMap((page) => page.things).filter((one) => one.n === n).length > 1;
        if (!repeated) expect(plan.sent.has(idOf(n))).toBe(before.get(n) !== value);
      }
    }),
    { numRuns: RUNS },
  );
  // All kinds of ends were among them.
  for (const state of ['complete', 'partial', 'failed', 'skipped']) expect(outcomes.get(state)).toBeGreaterThan(100);
});
