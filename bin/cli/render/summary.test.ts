import { describe, expect, test } from '@jest/globals';
import type { Evaluation } from '../../../services/history/history.contract.ts';
import { gapGroupsOf, gapsOf, groupsOf } from './summary.ts';

const finding = (decision: string, rule: string, name: string) =>
  ({
    name,
    policy_name: 'elava.security',
    result: { decision, policies: rule === '' ? [] : [rule], reason: 'why' },
  }) as unknown as Evaluation;

describe('groupsOf', () => {
  test('puts the strongest decision first, then the rule that speaks most often, with its first example', () => {
    const groups = groupsOf([
      finding('flag', 'elava.waste.idle', 'a'),
      finding('flag', 'elava.tagging.team', 'b'),
      finding('flag', 'elava.tagging.team', 'c'),
      finding('deny', 'elava.security.public', 'd'),
    ]);
    expect(groups.map((g) => [g.decision, g.rule, g.count, g.example.name])).toEqual([
      ['deny', 'security.public', 1, 'd'],
      ['flag', 'tagging.team', 2, 'b'],
      ['flag', 'waste.idle', 1, 'a'],
    ]);
  });

  test('a policy that failed names no rule and is grouped by its package', () => {
    expect(groupsOf([finding('require_approval', '', 'a')])[0]?.rule).toBe('security');
  });
});

describe('gapsOf', () => {
  test('is what was not read completely, and what is held back', () => {
    const unit = (state: string, held = 0) => ({ state, held }) as Parameters<typeof gapsOf>[0][number];
    expect(
      gapsOf([unit('complete'), unit('partial'), unit('complete', 25), unit('skipped')]).map((u) => u.state),
    ).toEqual(['partial', 'complete', 'skipped']);
  });
});

test('gaps of one reason are one line, which says what they have in common', () => {
  const gap = (account: string, region: string, error: string) =>
    ({ account, region, type: 'ec2', state: 'failed', error, detail: `${account}: no`, held: 0 }) as Parameters<
      typeof gapGroupsOf
    >[0][number];
  const gaps = [
    gap('1', 'eu', 'AWS_SCP_DENIED'),
    gap('2', 'eu', 'AWS_ACCESS_DENIED'),
    gap('3', 'eu', 'AWS_SCP_DENIED'),
  ];
  expect(gapGroupsOf(gaps)).toMatchObject([
    { error: 'AWS_SCP_DENIED', count: 2, where: '2 accounts/eu/ec2', example: { detail: '1: no' } },
    { error: 'AWS_ACCESS_DENIED', count: 1, where: '2/eu/ec2' },
  ]);
});
