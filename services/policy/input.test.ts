import { describe, expect, test } from '@jest/globals';
import type { JudgingRow } from '../history/history.contract.ts';
import { buildInput } from './input.ts';
import type { JudgeSettings } from './settings.ts';

const settings: JudgeSettings = {
  environments: {
    default: { policies: [], strict: false },
    prod: { policies: [], strict: true },
    dev: { policies: [], strict: false },
  },
  accounts: { '222222222222': 'production' },
  tags: ['environment', 'env'],
  defaultDecision: 'require_approval',
  joins: { ec2: [{ field: 'security_groups', ids: 'security_group_ids', type: 'security_group', take: 'rules' }] },
  memoryBytes: 1 << 24,
};
const resource = {
  id: 'arn:aws:ec2:eu-west-1:111111111111:instance/i-1',
  provider: 'aws',
  account: '111111111111',
  region: 'eu-west-1',
  type: 'ec2',
  name: 'web',
  status: 'stopped',
  tags: { env: 'PRODUCTION' },
  created_at: '2026-11-01T00:00:00.000Z',
  refs: [],
  metadata: {},
};
const row = (change: object = {}, facts: object = {}): JudgingRow => ({
  resource: { ...resource, ...change },
  revision: '7',
  history: [{ ...resource, status: 'running' }],
  facts: {
    first_seen: '2026-11-10T00:00:00.000Z',
    last_seen: '2026-11-20T00:00:00.000Z',
    state_since: '2026-11-12T00:00:00.000Z',
    changes: 5,
    window_days: 10,
    coverage: 'complete',
    ...facts,
  },
  related: {},
  last: {},
});
const at = '2026-11-20T12:00:00.000Z';

describe('the input of a policy', () => {
  test('has the context that time and history give', () => {
    expect(buildInput(row(), settings, at).context).toEqual({
      account: '111111111111',
      region: 'eu-west-1',
      environment: 'prod',
      team_policies: [],
      compliance_rules: [],
      owner: '',
      gone_refs: [],
      now: at,
      last_seen_days: 0.5,
      resource_age_days: 19.5,
      state_since_days: 8.5,
      change_frequency: 0.5,
      last_actor: '',
      coverage: 'complete',
    });
  });

  test('an instant that is not known leaves its number out', () => {
    const { context } = buildInput(
      row({ created_at: '' }, { last_seen: '', first_seen: '', state_since: '' }),
      settings,
      at,
    );
    expect(Object.keys(context).filter((key) => key.endsWith('_days'))).toEqual([]);
  });

  test('a resource whose API does not tell its age is as old as it is known', () => {
    expect(buildInput(row({ created_at: '' }), settings, at).context.resource_age_days).toBe(10.5);
  });

  test('owner tags are there when the resource has none, now and earlier', () => {
    const input = buildInput(row(), settings, at);
    expect(input.resource.tags).toEqual({ owner: '', elava_owner: '', env: 'PRODUCTION' });
    expect(input.history[0]?.tags).toMatchObject({ owner: '', elava_owner: '' });
    expect(buildInput(row({ tags: { owner: 'ada' } }), settings, at).resource.tags['owner']).toBe('ada');
  });

  test.each([
    ['its tag, whatever its case', { tags: { environment: 'Production' } }, 'prod'],
    ['the first tag that tells', { tags: { environment: '', env: 'dev' } }, 'dev'],
    ['its account, when no tag tells', { account: '222222222222', tags: {} }, 'prod'],
    ['the default one, when nobody knows it', { tags: { env: 'moon' } }, 'default'],
    ['the default one, for a name that every object has', { tags: { env: 'constructor' } }, 'default'],
  ])('the environment comes from %s', (_, change, expected) => {
    const input = buildInput(row(change), settings, at);
    expect([input.environment, input.context.environment]).toEqual([expected, expected]);
  });

  test('the rules of its security groups are joined in, and not stored in it', () => {
    const group = { ...resource, type: 'security_group', rules: [{ from_port: 22, source: '0.0.0.0/0' }] };
    const joined = {
      ...row({ security_group_ids: ['sg-1', 'sg-gone'] }),
      related: {
        'arn:aws:ec2:eu-west-1:111111111111:security-group/sg-1': {
          ...group,
          id: 'arn:aws:ec2:eu-west-1:111111111111:security-group/sg-1',
        },
      },
    };
    expect(buildInput(joined, settings, at).resource).toHaveProperty('security_groups', [
      { from_port: 22, source: '0.0.0.0/0' },
    ]);
    expect(joined.resource).not.toHaveProperty('security_groups');
  });

  test('nobody is behind a change that nobody has looked at', () => {
    expect(buildInput(row(), settings, at).attribution).toMatchObject({ actor: '', confidence: 0 });
  });
});
