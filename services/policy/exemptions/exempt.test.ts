import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { outcomeOf } from '../outcome.ts';
import { exemptor, stateOf } from './exempt.ts';

const at = '2026-11-20T12:00:00.000Z';
const exemption = (resource: string, rule: string, more: object = {}) => ({
  id: 'ex-1',
  resource,
  rule,
  reason: 'r',
  owner: 'o',
  approver: 'a',
  created_at: '2026-11-01T00:00:00.000Z',
  expires_at: '2026-12-01T00:00:00.000Z',
  ...more,
});
const arn = 'arn:aws:s3:::site-1';
const rule = 'elava.security.deny_public';

describe('which rules of which resources', () => {
  test.each([
    [arn, rule, true],
    ['arn:aws:s3:::site-*', 'security.deny_public', true],
    ['*', 'elava.security', true],
    ['*', 'security', true],
    ['*', '*', true],
    ['*', 'security.deny_*', true],
    ['arn:aws:s3:::site', rule, false],
    ['arn:aws:s3:::sit?-1', rule, false],
    ['.*', rule, false],
    ['*', 'elava.secur', false],
    ['*', 'elava.security.deny', false],
  ])('%s %s: %s', (resource, scope, expected) => {
    const found = exemptor([exemption(resource, scope)], at)(arn)?.(rule) ?? [];
    expect(found).toEqual(expected ? ['ex-1'] : []);
  });

  test('one that has expired counts no more', () => {
    const ended = exemption('*', '*', { expires_at: at });
    expect(exemptor([ended], at)(arn)).toBeUndefined();
    expect(exemptor([ended], '2026-11-20T11:59:59.999Z')(arn)?.(rule)).toEqual(['ex-1']);
  });

  test('any text with stars matches what it was made from', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }), (parts) => {
        const plain = parts.map((part) => part.replaceAll('*', '').replaceAll('\n', ''));
        const found = exemptor([exemption(plain.join('*'), '*')], at)(plain.join('middle'));
        expect(found?.(rule)).toEqual(['ex-1']);
      }),
    );
  });
});

describe('the outcome', () => {
  const document = { deny_public: ['open'], flag_old: true };
  const options = { policy: 'elava.security', nested: new Set<string>(), strict: false, titles: {} };
  const judged = (scope?: string) => {
    const exempt = scope === undefined ? undefined : exemptor([exemption('*', scope)], at)(arn);
    return outcomeOf(document, { ...options, exempt });
  };

  test('the exempt rule is not heard, the others are, and what would have been stands beside', () => {
    expect(judged(rule)).toMatchObject({
      result: { decision: 'flag', policies: ['elava.security.flag_old'], exempt: ['ex-1'], would: 'deny' },
      effect: 'warn',
    });
  });

  test('all rules exempt is allow', () => {
    expect(judged('*')).toMatchObject({
      result: { decision: 'allow', exempt: ['ex-1'], would: 'deny' },
      effect: 'allow',
    });
  });

  test('an exemption of a rule that did not speak leaves no trace', () => {
    expect(judged('security.deny_other')).toEqual(judged());
    expect(judged()).not.toHaveProperty('result.would');
  });
});

test.each([
  ['active', {}, 1],
  ['unneeded', {}, 0],
  ['active', { created_at: '2026-11-20T11:30:00.000Z' }, 0],
  ['soon', { expires_at: '2026-11-30T00:00:00.000Z' }, 1],
  ['expired', { expires_at: at }, 1],
])('state %s', (state, more, used) => {
  const options = { now: Date.parse(at), soonMs: 10 * 86_400_000, judgedMs: 3_600_000 };
  expect(stateOf({ ...exemption('*', '*', more), used }, options)).toBe(state);
});
