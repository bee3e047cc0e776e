import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadConfig } from '../../lib/config/load.ts';
import { contextSettings, givenContext } from './context-settings.ts';

function parseConfig(yaml: string) {
  const cwd = mkdtempSync(join(tmpdir(), 'elava-context-'));
  try {
    writeFileSync(join(cwd, 'elava.yaml'), yaml);
    return loadConfig({ cwd, env: {} }).config;
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

const settings = contextSettings(
  parseConfig(`
policies:
  context:
    - team_policies: [tag-everything]
      compliance_rules:
        - {id: eu, regions: [eu-west-1], require: ['encrypted=true', 'size=3', 'class=a=b']}
    - accounts: ['111111111111']
      environments: [prod]
      cost_budget: {limit: 100, spent: 120}
    - owners: [ada]
      team_policies: [no-spot, tag-everything]
    - teams: [web]
      cost_budget: {limit: 7}
`),
);
const given = (tags: Record<string, string>, account = '111111111111', environment = 'prod') =>
  givenContext({ account, tags }, environment, settings);

test('an entry that names nobody is for all', () => {
  expect(given({}, '2', 'dev')).toEqual({
    owner: '',
    team_policies: ['tag-everything'],
    compliance_rules: [
      {
        id: 'eu',
        types: [],
        regions: ['eu-west-1'],
        require: { encrypted: true, size: 3, class: 'a=b' },
        decision: 'deny',
      },
    ],
  });
});

test('account and environment must both fit', () => {
  expect(given({}).cost_budget).toEqual({ limit: 100, spent: 120 });
  expect(given({}, '2').cost_budget).toBeUndefined();
  expect(given({}, '111111111111', 'dev')).not.toHaveProperty('cost_budget');
});

test('the owner by the first tag that names one; each policy once', () => {
  expect(given({ elava_owner: 'ada' }).team_policies).toEqual(['tag-everything', 'no-spot']);
  expect(given({ elava_owner: 'bob', owner: 'ada' }).team_policies).toEqual(['tag-everything']);
});

test('of two budgets the last one counts', () => {
  expect(given({ team: 'web' }).cost_budget).toEqual({ limit: 7, spent: 0 });
});

test('without any configuration nothing is given', () => {
  expect(givenContext({ account: '1', tags: {} }, 'prod', undefined)).toEqual({
    owner: '',
    team_policies: [],
    compliance_rules: [],
  });
});
