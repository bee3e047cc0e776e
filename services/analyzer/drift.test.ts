import { describe, expect, test } from '@jest/globals';
import { driftOf } from './drift.ts';
import { change } from './testing.ts';

const field = (path: string, old: unknown, now: unknown) => ({ path, old, new: now });

test.each([
  [
    'security_group',
    field('rules.0', null, { direction: 'ingress', from_port: 22, source: '0.0.0.0/0' }),
    'high',
    'a security group was opened to the world',
  ],
  ['security_group', field('rules.0', { source: '0.0.0.0/0' }, null), 'medium', "a security group's rules changed"],
  ['rds', field('publicly_accessible', false, true), 'high', 'it became public'],
  ['rds', field('publicly_accessible', true, false), 'medium', 'public access changed'],
  ['s3', field('encrypted', true, false), 'high', 'encryption was lost'],
  ['s3', field('encrypted', false, true), 'medium', 'encryption changed'],
  ['iam_role', field('trust_policy.Statement.0.Principal', 'a', '*'), 'high', "a role's trust changed"],
  ['dynamodb', field('deletion_protection', true, false), 'high', 'a protection was lost'],
  ['ec2', field('tags.owner', 'a', 'b'), 'medium', 'its owner or environment changed'],
  ['ec2', field('tags.ticket', 'a', 'b'), 'low', 'tags changed'],
])('%s %j is %s', (type, one, severity, what) => {
  expect(driftOf([change(type, [one])])).toMatchObject([{ severity, what, fields: [{ path: one.path }] }]);
});

describe('is no drift', () => {
  test.each([
    [
      'what AWS sets itself',
      [field('tags.aws:backup:job', 'a', 'b'), field('metadata.LaunchTime', 1, 2), field('item_count', 1, 2)],
      {},
    ],
    ['a first scan', [field('encrypted', true, false)], { baseline: true }],
  ])('%s', (_, fields, more) => {
    expect(driftOf([change('ec2', fields, more)])).toEqual([]);
  });

  test('a field that goes to and fro by itself, but what changed beside it is', () => {
    const hours = [1, 2, 3, 4, 5];
    const flaps = hours.map((hour) =>
      change('ec2', [field('cpu_credits', hour % 2, (hour + 1) % 2)], { at: `2026-11-20T0${hour}:00:00.000Z` }),
    );
    const real = change('ec2', [field('cpu_credits', 0, 1), field('instance_type', 'a', 'b')]);
    expect(driftOf([...flaps, real])).toMatchObject([{ fields: [{ path: 'instance_type' }] }]);
    expect(driftOf(flaps.slice(0, 2))).toHaveLength(2);
  });

  test('what the configuration tells to ignore; its severity goes before the table', () => {
    const both = change('ec2', [field('tags.ticket', 1, 2), field('instance_type', 'a', 'b')]);
    const rules = [
      { type: '', path: 'tags', severity: 'ignore' as const },
      { type: 'ec2', path: 'instance_type', severity: 'high' as const },
    ];
    expect(driftOf([both], rules)).toMatchObject([{ severity: 'high', fields: [{ path: 'instance_type' }] }]);
  });
});
