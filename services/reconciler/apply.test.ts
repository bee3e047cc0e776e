/** Which items go, which wait and which are over, from what was looked at. Pure. */
import { describe, expect, test } from '@jest/globals';
import type { Evaluation, StoredResource } from '../history/history.contract.ts';
import { type Looked, verdictsOf } from './apply.ts';
import type { Held } from './book.ts';
import { fingerprintOf } from './fingerprint.ts';
import { holdOf } from './plan.ts';
import type { Item } from './reconciler.schema.ts';
import type { ReconcilerSettings } from './settings.ts';
import { fold, type ItemEvent, type Terms } from './state.ts';
import { itemFor } from './testing.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-23T10:00:00Z');
const settings: ReconcilerSettings = {
  mode: 'enforce',
  modes: [],
  role: '',
  plan: { expires: DAY, items: 500 },
  approval: { expires: DAY, recoverable: true },
  grace: { owner_days: 3, orphan_days: 8 },
  calendar: { zone: 'UTC', workdays: ['mon'], holidays: [], windows: [], freezes: [] },
  limits: { count: 2, share: 1 },
  protect: { kinds: ['blessed', 'production', 'recent', 'referenced'], quiet: DAY },
  canary: { share: 1, full: [], objections: 2, rate: 3 },
  claim: 1000,
  call: 100,
  ownerTags: ['owner'],
  strict: new Set(),
};

function resource(n: number, changes: Partial<StoredResource> = {}): StoredResource {
  const rest = {
    provider: 'aws',
    account: '1',
    region: 'r',
    type: 'ec2',
    status: 'running',
    tags: {},
    refs: [],
    metadata: {},
  };
  const seen = { first_seen: '', last_seen: '', state_since: '', revision: '1' };
  return { ...rest, ...seen, id: `arn:${n}`, name: `n${n}`, created_at: '2026-01-01T00:00:00Z', ...changes };
}

function evaluation(n: number, changes: Partial<Evaluation> = {}): Evaluation {
  const result = {
    decision: 'flag',
    reason: 'r',
    confidence: 1,
    policies: [],
    metadata: {},
    actions: [{ type: 'stop', reason: 'r' }],
  };
  const place = { account: '1', region: 'r', type: 'ec2', name: `n${n}`, environment: 'dev' };
  return {
    id: 'e',
    resource_id: `arn:${n}`,
    policy_name: 'elava.waste',
    result,
    effect: 'warn',
    error: '',
    evaluated_at: '',
    revision: '1',
    bundle: 'b',
    ...place,
    ...changes,
  };
}

const itemOf = (n: number, changes: Partial<Item> = {}): Item =>
  itemFor({
    id: `p-1-${n}`,
    resource_id: `arn:${n}`,
    fingerprint: fingerprintOf(resource(n), { volatile: [] }),
    needs: 0,
    ...changes,
  });

function held(item: Item, events: readonly ItemEvent[] = []): Held {
  const terms: Terms = {
    proposer: 'ada',
    needs: item.needs,
    steps: item.steps.length,
    delayed: item.delayed,
    expires: NOW + DAY,
    callMs: 100,
  };
  const all: ItemEvent[] = [{ kind: 'proposed', at: NOW - 1000, by: 'ada' }, ...events];
  return {
    item,
    plan: { id: 'p-1', by: 'ada', created_at: '', expires_at: '' },
    terms,
    state: fold(all, terms),
    events: all,
  };
}
const ended: ItemEvent[] = [
  { kind: 'claimed', at: NOW - 900, by: 'r', until: NOW },
  { kind: 'intended', at: NOW - 800, by: 'r', step: 0 },
  { kind: 'done', at: NOW - 700, by: 'r', step: 0, detail: '' },
];

function looked(count: number, changes: Partial<Looked> = {}, facts: Partial<Looked['facts']> = {}): Looked {
  const all = Array.from({ length: count }, (_, n) => resource(n));
  return {
    plan: [],
    facts: {
      now: NOW,
      resources: new Map(all.map((one) => [one.id, one])),
      referrers: new Map(),
      changed: new Map(),
      volatile: new Map(),
      stopped: new Map(),
      ...facts,
    },
    evaluations: new Map(all.map(({ id }, n) => [id, [evaluation(n)]])),
    faults: new Map(),
    population: new Map([['1/ec2', 100]]),
    settings,
    ...changes,
  };
}
const words = (items: readonly Held[], of: Looked): string[] =>
  verdictsOf(items, of).map(({ verdict, why }) => `${verdict} ${why}`.trim());

describe('an item', () => {
  const one = held(itemOf(0));
  test('goes when nothing speaks against it', () => expect(words([one], looked(1))).toEqual(['go']));

  test.each<[string, Looked, string]>([
    ['is gone', looked(1, {}, { resources: new Map() }), 'supersede the resource is gone'],
    [
      'changed',
      looked(1, {}, { resources: new Map([['arn:0', resource(0, { name: 'other' })]]) }),
      'supersede the resource changed since it was judged',
    ],
    [
      'is not asked for',
      looked(1, { evaluations: new Map() }),
      "supersede today's policies do not ask for it any more",
    ],
    [
      'is asked for by somebody while a policy fails',
      looked(1, {
        evaluations: new Map([['arn:0', [evaluation(0), evaluation(0, { error: 'X', policy_name: 'b' })]]]),
      }),
      "supersede today's policies do not ask for it any more",
    ],
    ['is of a unit that was not read', looked(1, { faults: new Map([['1/r/ec2', 'not read']]) }), 'hold not read'],
    ['is stopped', looked(1, {}, { stopped: new Map([['', 'wait']]) }), 'hold actions are stopped: wait'],
    [
      'is of a stopped policy',
      looked(1, {}, { stopped: new Map([['elava.waste', 'halted']]) }),
      'hold actions are stopped: halted',
    ],
    [
      'is in notify',
      looked(1, { settings: { ...settings, mode: 'notify' } }),
      'hold the mode is notify: nothing is done',
    ],
    [
      'changed lately',
      looked(1, {}, { changed: new Map([['arn:0', { at: NOW - 1, by: '' }]]) }),
      `hold it is protected: it changed lately (${new Date(NOW - 1).toISOString()})`,
    ],
    [
      'is outside the canary',
      looked(1, { settings: { ...settings, canary: { ...settings.canary, share: 0 } } }),
      'hold elava.waste acts on 0 % of resources so far (reconciler.canary), and this is none of them',
    ],
    [
      'has no window',
      looked(1, {
        settings: {
          ...settings,
          calendar: { ...settings.calendar, windows: [{ days: ['tue'], from: '09:00', to: '10:00' }] },
        },
      }),
      'hold no change window is open (tue 09:00-10:00 UTC)',
    ],
  ])('that %s does not', (_, of, word) => expect(words([one], of)).toEqual([word]));

  test('waits for its approval, and says whose does not count', () => {
    expect(words([held(itemOf(0, { needs: 2 }))], looked(1))).toEqual([
      'hold it waits for 2 approvals of others than ada',
    ]);
  });
});

describe('limits', () => {
  const of = (count: number) => Array.from({ length: count }, (_, n) => held(itemOf(n)));
  test('two go, three do not', () => {
    expect(words(of(2), looked(2))).toEqual(['go', 'go']);
    expect(new Set(words(of(3), looked(3)))).toEqual(
      new Set(['hold elava.waste 1/ec2: 3 of 100 are more than the 2 of one run']),
    );
  });
  test('what the plan did before counts, also when only a part is asked for', () => {
    const done = [held(itemOf(5), ended), held(itemOf(6), ended)];
    expect(words(of(1), looked(1, { plan: [...done, ...of(1)] }))).toEqual([
      'hold elava.waste 1/ec2: 3 of 100 are more than the 2 of one run',
    ]);
    expect(words(of(1), looked(1, { plan: [done[0] as Held, ...of(1)] }))).toEqual(['go']);
  });
  test('what is held otherwise does not count', () => {
    const items = [...of(2), held(itemOf(2, { needs: 1 }))];
    expect(words(items, looked(3)).slice(0, 2)).toEqual(['go', 'go']);
  });
});

describe('putting back', () => {
  const undo = itemOf(0, { undoes: 'p-0-1' });
  test('is not stopped by a halted policy, nor by what protects from actions; by the switch and a blessing it is', () => {
    const facts = looked(
      1,
      {},
      { stopped: new Map([['elava.waste', 'halted']]), changed: new Map([['arn:0', { at: NOW, by: '' }]]) },
    ).facts;
    expect(holdOf(undo, facts, settings)).toBeUndefined();
    expect(holdOf(undo, { ...facts, stopped: new Map([['', 'all']]) }, settings)).toContain('all');
    const blessed = new Map([['arn:0', resource(0, { tags: { elava_blessed: 'true' } })]]);
    expect(holdOf(undo, { ...facts, resources: blessed }, settings)).toContain('blessed');
  });
});
