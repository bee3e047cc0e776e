import { describe, expect, test } from '@jest/globals';
import type { WasteFinding } from './analyzer.contract.ts';
import { reviewOf } from './review.ts';

const unit = { account: '111111111111', region: 'eu-west-1', type: 'ebs' };
const complete = new Set(['111111111111/eu-west-1/ebs']);
const [first, second] = ['2026-11-20T12:00:00.000Z', '2026-11-21T12:00:00.000Z'];
const finding = (id: string, more: Partial<WasteFinding> = {}): WasteFinding => ({
  kind: 'unattached',
  id,
  ...unit,
  name: id,
  status: 'available',
  tags: {},
  since: '2026-11-01T00:00:00.000Z',
  confidence: 0.9,
  evidence: ['attached to no instance'],
  facts: {},
  ...more,
});

describe('a review', () => {
  const before = reviewOf([finding('a'), finding('b')], [], { at: first, complete });

  test('keeps what is new, once', () => {
    expect(before).toMatchObject({ open: 2, appeared: 2, resolved: 0 });
    const again = reviewOf([finding('a'), finding('b', { evidence: ['other words'] })], before.changed, {
      at: second,
      complete,
    });
    expect(again).toEqual({ changed: [], open: 2, appeared: 0, resolved: 0 });
  });

  test('keeps another confidence, with when it was first found', () => {
    const again = reviewOf([finding('a', { confidence: 0.5 }), finding('b')], before.changed, { at: second, complete });
    expect(again.changed).toMatchObject([
      { id: 'a', confidence: 0.5, first_found: first, changed_at: second, state: 'open' },
    ]);
  });

  test('resolves what holds no more, but not where the unit could not be read', () => {
    const gone = reviewOf([finding('a')], before.changed, { at: second, complete });
    expect(gone).toMatchObject({ open: 1, resolved: 1, changed: [{ id: 'b', state: 'resolved', changed_at: second }] });
    expect(reviewOf([finding('a')], before.changed, { at: second, complete: new Set() })).toMatchObject({
      resolved: 0,
    });
  });

  test('tells two kinds of one resource apart', () => {
    const both = reviewOf([finding('a'), finding('a', { kind: 'idle' })], before.changed, { at: second, complete });
    expect(both).toMatchObject({ appeared: 1, resolved: 1 });
  });
});
