import { describe, expect, test } from '@jest/globals';
import { combine, failureOf, outcomeOf } from './outcome.ts';
import type { PackageResult } from './policy.contract.ts';

const options = {
  policy: 'elava.trial',
  nested: new Set(['under']),
  strict: false,
  titles: { flag_titled: 'It has a title' },
};
const heard = (document: unknown, strict = false): PackageResult => {
  const outcome = outcomeOf(document, { ...options, strict });
  if ('code' in outcome) throw new Error(outcome.message);
  return outcome;
};
const decided = (document: unknown, strict = false) => {
  const { result, effect } = heard(document, strict);
  return [result.decision, effect, result.reason];
};
const tag = { type: 'tag', tags: { owner: 'ada' }, reason: 'she made it' };

describe('what a package says', () => {
  test.each<[string, unknown, string[]]>([
    ['nothing', {}, ['allow', 'allow', '']],
    ['rules that hold nothing', { deny: [], flag_x: false, warn: [], decision: 'allow' }, ['allow', 'allow', '']],
    ['a decision with its reason', { decision: 'flag', reason: 'old' }, ['flag', 'warn', 'old']],
    [
      'a decision that needs an approval',
      { decision: 'require_approval' },
      ['require_approval', 'deny', 'elava.trial decides require_approval'],
    ],
    ['a set of denials, sorted', { deny: ['b', 'a'] }, ['deny', 'deny', 'a; b']],
    ['the strongest of several', { flag: ['f'], deny: ['d'], require_approval: ['r'] }, ['deny', 'deny', 'd']],
    ['flag_* as a boolean', { flag_high_risk: true }, ['flag', 'warn', 'flag_high_risk']],
    ['flag_* with a title', { flag_titled: true }, ['flag', 'warn', 'flag_titled: It has a title']],
    ['require_owner, which says that the owner is missing', { require_owner: true }, ['flag', 'warn', 'require_owner']],
    ['deny_* as a set of objects', { deny_open: [{ msg: 'close 22' }] }, ['deny', 'deny', 'close 22']],
    ['a warning', { warn: ['soon'] }, ['allow', 'warn', 'soon']],
    ['an audit', { audit: ['note'] }, ['allow', 'audit', 'note']],
    ['helpers that are no rules', { resource_age_days: 12, names: ['x'] }, ['allow', 'allow', '']],
    ['a package under it', { under: { deny: ['not mine'] } }, ['allow', 'allow', '']],
  ])('%s', (_, document, expected) => {
    expect(decided(document)).toEqual(expected);
  });

  test('an action from any rule is proposed, and flags', () => {
    const { result } = heard({ tag_orphan: [tag] });
    expect(result).toMatchObject({ decision: 'flag', actions: [tag], policies: ['elava.trial.tag_orphan'] });
  });

  test('in a strict environment a warning flags and an action needs an approval', () => {
    expect(decided({ warn: ['soon'] }, true)).toEqual(['flag', 'warn', 'soon']);
    expect(decided({ tag_orphan: [tag] }, true)[0]).toBe('require_approval');
  });

  test('confidence and metadata are the package’s own', () => {
    expect(heard({ decision: 'flag', confidence: 0.4, metadata: { since: 3 } }).result).toMatchObject({
      confidence: 0.4,
      metadata: { since: 3 },
    });
  });
});

describe('what is no answer fails instead of being silence', () => {
  test.each<[string, unknown]>([
    ['no document', undefined],
    ['null', null],
    ['a list', []],
    ['a decision of no known word', { decision: 'block' }],
    ['a decision that is no word', { decision: 1 }],
    ['a confidence above one', { decision: 'flag', confidence: 2 }],
    ['a confidence that is no number', { decision: 'flag', confidence: 'high' }],
  ])('%s', (_, document) => {
    expect(outcomeOf(document, options)).toMatchObject({ code: 'POLICY_RESULT', message: expect.any(String) });
  });
});

describe('all packages together', () => {
  const says = (policy: string, document: object): PackageResult => {
    const outcome = outcomeOf(document, { ...options, policy });
    if ('code' in outcome) throw new Error(outcome.message);
    return outcome;
  };
  const failed = (voice: 'require_approval' | 'deny' | 'flag') =>
    failureOf('elava.broken', { code: 'DEADLINE_EXCEEDED', message: 'too slow' }, voice);

  test('the strongest wins, its words are the reason, and all that spoke are named', () => {
    const both = combine([says('elava.a', { flag: ['small'] }), says('elava.b', { deny: ['large'] })]);
    expect(both).toMatchObject({
      allowed: false,
      effect: 'deny',
      result: { decision: 'deny', reason: 'large', policies: ['elava.a.flag', 'elava.b.deny'] },
    });
  });

  test('none that speaks is allow', () => {
    expect(combine([says('elava.a', {})])).toMatchObject({
      allowed: true,
      effect: 'allow',
      result: { decision: 'allow', confidence: 1 },
    });
    expect(combine([]).result.decision).toBe('allow');
  });

  test.each(['require_approval', 'deny', 'flag'] as const)(
    'one that failed speaks with default_decision %s, proposes nothing, and lets nobody propose',
    (voice) => {
      const together = combine([says('elava.a', { tag_orphan: [tag] }), failed(voice)]);
      expect(together.result.decision).toBe(voice);
      expect(together.result.actions).toEqual([]);
      expect(together.result.decision).not.toBe('allow');
    },
  );

  test('a denial is stronger than a failure', () => {
    expect(combine([failed('require_approval'), says('elava.b', { deny: ['no'] })]).result).toMatchObject({
      decision: 'deny',
      reason: 'no',
    });
  });
});
