import { describe, expect, test } from '@jest/globals';
import { advance, fold, type ItemEvent, type ItemState, phaseOf, type Terms } from './state.ts';

const terms: Terms = { proposer: 'ada', needs: 1, steps: 1, delayed: false, expires: 1000, callMs: 10 };
const say = (kind: ItemEvent['kind'], at: number, rest: object = {}, by = 'r1'): ItemEvent =>
  ({ kind, at, by, ...rest }) as ItemEvent;
const proposed = say('proposed', 0, {}, 'ada');
const approved = say('approved', 1, { until: 500 }, 'bob');
const claimed = say('claimed', 2, { until: 100 });
const intended = say('intended', 3, { step: 0 });
const why = (events: ItemEvent[], event: ItemEvent, of = terms): string => {
  const next = advance(fold(events, of), event, of);
  return typeof next === 'string' ? next : 'taken';
};

describe('an item', () => {
  test('goes from proposal to done', () => {
    const events = [proposed, approved, claimed, intended, say('done', 4, { step: 0, detail: 'seen' })];
    const phases = events.map((_, i) => phaseOf(fold(events.slice(0, i + 1), terms), terms, i));
    expect(phases).toEqual(['waiting', 'ready', 'claimed', 'calling', 'done']);
  });

  test.each<[string, ItemEvent[], ItemEvent, string]>([
    [
      'the proposer cannot approve',
      [proposed],
      say('approved', 1, { until: 500 }, ' ADA '),
      'who proposes cannot approve',
    ],
    [
      'one person counts once',
      [proposed, approved],
      say('approved', 2, { until: 500 }, 'Bob'),
      'they approved it already',
    ],
    [
      'a link counts once',
      [proposed, say('approved', 1, { until: 500, link: 'n' }, 'bob'), say('revoked', 2, {}, 'bob')],
      say('approved', 3, { until: 500, link: 'n' }, 'bob'),
      'the link was used',
    ],
    ['without an approval nobody claims', [proposed], claimed, 'it is not approved'],
    [
      'an approval that has expired does not count',
      [proposed, approved],
      say('claimed', 500, { until: 600 }),
      'it is not approved',
    ],
    [
      'a revoked one neither',
      [proposed, approved, say('revoked', 2, {}, 'bob')],
      say('claimed', 3, { until: 9 }),
      'it is not approved',
    ],
    [
      'a claim keeps others away',
      [proposed, approved, claimed],
      say('claimed', 50, { until: 200 }, 'r2'),
      'r1 has claimed it',
    ],
    [
      'no intent without the claim',
      [proposed, approved, claimed],
      say('intended', 50, { step: 0 }, 'r2'),
      'the claim is not held',
    ],
    [
      'no intent after the claim',
      [proposed, approved, claimed],
      say('intended', 100, { step: 0 }),
      'the claim is not held',
    ],
    [
      'no intent once the approval has expired',
      [proposed, say('approved', 1, { until: 50 }, 'bob'), claimed],
      say('intended', 60, { step: 0 }),
      'it is not approved',
    ],
    ['no intent of another step', [proposed, approved, claimed], say('intended', 3, { step: 1 }), 'step 0 is next'],
    [
      'one intent only',
      [proposed, approved, claimed, intended],
      say('intended', 4, { step: 0 }),
      'a call is under way',
    ],
    [
      'a call under way cannot be cancelled',
      [proposed, approved, claimed, intended],
      say('cancelled', 4, { reason: '' }, 'bob'),
      'a call is under way',
    ],
    [
      'nor taken over while it may go on',
      [proposed, approved, claimed, intended],
      say('claimed', 105, { until: 200 }, 'r2'),
      'r1 may still be calling',
    ],
    [
      'an old plan is not begun',
      [proposed, say('approved', 1, { until: 9999 }, 'bob')],
      say('claimed', 1000, { until: 1100 }),
      'its plan has expired',
    ],
    ['the end is the end', [proposed, say('cancelled', 1, { reason: 'no' }, 'bob')], approved, 'it is cancelled'],
    ['what was never proposed is nothing', [], approved, 'it was never proposed'],
  ])('%s', (_, events, event, reason) => {
    expect(why(events, event)).toBe(reason);
  });

  test('after a crash another finds out what became of it, and the dead one cannot write any more', () => {
    const events = [proposed, approved, claimed, intended, say('claimed', 110, { until: 200 }, 'r2')];
    expect(why(events, say('done', 111, { step: 0, detail: '' }))).toBe('no such call is under way');
    expect(why(events, say('failed', 111, { step: 0, detail: '' }, 'r2'))).toBe('taken');
  });

  test('a late outcome counts as long as nobody took over', () => {
    expect(why([proposed, approved, claimed, intended], say('done', 300, { step: 0, detail: '' }))).toBe('taken');
  });

  test('two people for what needs two', () => {
    const two = { ...terms, needs: 2 };
    expect(why([proposed, approved], claimed, two)).toBe('it is not approved');
    expect(why([proposed, approved, say('approved', 1, { until: 500 }, 'cleo')], claimed, two)).toBe('taken');
  });
});

describe('a delayed item', () => {
  const delayed = { ...terms, steps: 3, delayed: true, expires: 100 };
  const marked = [proposed, approved, claimed, intended, say('done', 4, { step: 0, detail: '', due: 400 })];

  test('rests after its mark until its deadline', () => {
    const state: ItemState = fold(marked, delayed);
    expect([phaseOf(state, delayed, 399), phaseOf(state, delayed, 400)]).toEqual(['grace', 'ready']);
    expect(why(marked, say('claimed', 399, { until: 450 }), delayed)).toBe('its grace time is not over');
    // Its plan is old by then, which matters only for what was not begun.
    expect(why(marked, say('claimed', 400, { until: 450 }), delayed)).toBe('taken');
  });

  test('can be put off, never brought forward', () => {
    expect(why(marked, say('extended', 5, { due: 400 }, 'owner'), delayed)).toBe('a new deadline must be later');
    const later = [...marked, say('extended', 5, { due: 450 }, 'owner')];
    expect(phaseOf(fold(later, delayed), delayed, 449)).toBe('grace');
  });

  test('can be cancelled while it rests', () => {
    expect(why(marked, say('cancelled', 5, { reason: 'still used' }, 'owner'), delayed)).toBe('taken');
  });

  test('its mark needs a deadline', () => {
    expect(why([proposed, approved, claimed, intended], say('done', 4, { step: 0, detail: '' }), delayed)).toBe(
      'a mark needs a deadline',
    );
  });
});

test('records that cannot be stop everything', () => {
  expect(() => fold([proposed, intended], terms)).toThrow('record 2 (intended) is impossible: the claim is not held');
});
