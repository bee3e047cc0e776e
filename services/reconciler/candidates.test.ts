import { describe, expect, test } from '@jest/globals';
import type { Evaluation } from '../history/history.contract.ts';
import { candidatesOf, stillAsked } from './candidates.ts';

function evaluation(changes: Partial<Evaluation['result']>, more: Partial<Evaluation> = {}): Evaluation {
  return {
    id: 'e',
    resource_id: 'arn:1',
    policy_name: 'elava.waste',
    result: { decision: 'flag', reason: 'why', confidence: 1, policies: [], metadata: {}, actions: [], ...changes },
    effect: 'warn',
    error: '',
    evaluated_at: '2026-11-22T00:00:00.000Z',
    revision: '1',
    bundle: 'b',
    account: '1',
    region: 'r',
    type: 'ec2',
    name: 'n',
    environment: 'dev',
    ...more,
  };
}
const stop = { type: 'stop', reason: 'unused' };

describe('candidates', () => {
  test('the same action of two policies is one, of the one that decides more strongly', () => {
    const { candidates } = candidatesOf([
      evaluation({ actions: [stop] }),
      evaluation({ decision: 'deny', actions: [{ ...stop, reason: 'forbidden' }] }, { policy_name: 'elava.security' }),
    ]);
    expect(candidates.map(({ reason, evaluation: { policy_name } }) => [policy_name, reason])).toEqual([
      ['elava.security', 'forbidden'],
    ]);
  });

  test('a flag that proposes nothing is nothing to do; a denial isolates or tells', () => {
    expect(candidatesOf([evaluation({})])).toEqual({ candidates: [], refused: [] });
    const kinds = ['ec2', 's3', 'rds'].map(
      (type) => candidatesOf([evaluation({ decision: 'deny' }, { type })]).candidates[0]?.action.type,
    );
    expect(kinds).toEqual(['quarantine', 'block_public_access', 'notify']);
  });

  test('what an action needs is part of what is asked for', () => {
    const asked = [evaluation({ actions: [{ type: 'tag', tags: { owner: 'ada' }, reason: 'x' }] })];
    expect(stillAsked(asked, { action: 'tag', params: { tags: { owner: 'ada' } } })).toBe(true);
    expect(stillAsked(asked, { action: 'tag', params: { tags: { owner: 'bob' } } })).toBe(false);
    expect(stillAsked([], { action: 'tag', params: { tags: { owner: 'ada' } } })).toBe(false);
  });
});

/** Every way in which judging can fail, by the code that it leaves. */
const failures = [
  'POLICY_SYNTAX',
  'POLICY_NOT_FOUND',
  'POLICY_LOAD',
  'POLICY_RESULT',
  'POLICY_EVALUATION',
  'POLICY_QUARANTINED',
  'POLICY_COMPILER',
  'POLICY_MEMORY',
  'INPUT_INVALID',
  'DEADLINE_EXCEEDED',
  'CANCELLED',
  'QUEUE_FULL',
  'INTERNAL',
  'INVALID_REQUEST',
  'INVALID_RESPONSE',
  'NOT_FOUND',
  'STORE_UNAVAILABLE',
  'STORE_CORRUPT',
  'STORE_QUERY',
  'STORE_MEMORY',
];

test.each(failures)('a policy that fails with %s silences what the others propose', (error) => {
  const failed = evaluation({ decision: 'require_approval', actions: [] }, { policy_name: 'elava.cost', error });
  const { candidates, refused } = candidatesOf([evaluation({ actions: [stop] }), failed]);
  expect(candidates).toEqual([]);
  expect(refused).toEqual([
    { resource_id: 'arn:1', action: 'stop', reason: `elava.cost failed (${error}), so that nothing is done` },
  ]);
});
