import { expect, test } from '@jest/globals';
import type { Attribution } from '../lib/resource.ts';
import type { Labelled } from './attribution-estate.ts';
import { calibrationError, kindAccuracy, reliability, scoreOf } from './attribution-score.ts';

const one = (actor: string, truth: string, confidence: number, more: Partial<Attribution> = {}): Labelled =>
  ({
    change: { attribution: { actor, actor_kind: 'human', method: 'cloudtrail', confidence, ...more } },
    label: { actor: truth, aliases: [`alias-of-${truth}`], actor_kind: 'human' },
  }) as unknown as Labelled;

test('precision is of the answers by an event, recall of all changes', () => {
  const guess = one('alice', 'alice', 0.3, { method: 'heuristic' });
  const all = [one('alice', 'alice', 0.9), one('alias-of-bob', 'bob', 0.9), one('carol', 'dave', 0.9), guess];
  expect(scoreOf('all', all)).toEqual({
    name: 'all',
    changes: 4,
    answered: 3,
    right: 2,
    precision: 2 / 3,
    recall: 0.5,
  });
  expect(kindAccuracy([...all, one('x', 'x', 0.9, { actor_kind: 'service' })])).toBe(0.75);
});

test('calibration is the distance of what was said and what was', () => {
  const honest = Array.from({ length: 10 }, (_, i) => one(i === 0 ? 'no' : 'a', 'a', 0.9));
  expect(calibrationError(reliability(honest))).toBeCloseTo(0, 5);
  const boasting = Array.from({ length: 10 }, (_, i) => one(i < 5 ? 'no' : 'a', 'a', 0.9));
  expect(calibrationError(reliability(boasting))).toBeCloseTo(0.4, 5);
});
