import { expect, test } from '@jest/globals';
import { entriesOf } from './timeline.ts';

test('a timeline is one list, newest first, without evaluations that allow', () => {
  const timeline = {
    actions: [
      { at: '2026-11-24T00:00:00.000Z', plan: 'p1', action: 'stop', kind: 'done', by: 'elava', text: 'stop it' },
    ],
    changes: [
      { at: '2026-11-20T00:00:00.000Z', kind: 'appeared', baseline: true, fields: [] },
      { at: '2026-11-22T00:00:00.000Z', kind: 'modified', baseline: false, fields: [{ path: 'a', old: 1, new: 2 }] },
    ],
    evaluations: [
      {
        evaluated_at: '2026-11-21T00:00:00.000Z',
        policy_name: 'elava.security',
        result: { decision: 'deny', reason: 'open' },
      },
      {
        evaluated_at: '2026-11-23T00:00:00.000Z',
        policy_name: 'elava.cost',
        result: { decision: 'allow', reason: '' },
      },
    ],
  } as unknown as Parameters<typeof entriesOf>[0];
  expect(entriesOf(timeline).map((e) => [e.at.slice(8, 10), e.what, e.detail])).toEqual([
    ['24', 'stop done', 'stop it (plan p1)'],
    ['22', 'modified', 'a: 1 → 2'],
    ['21', 'deny (elava.security)', 'open'],
    ['20', 'first seen', 'new'],
  ]);
});
