import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../lib/config/load.ts';
import { type Detected, initText } from './init-text.ts';

const caller = { account: '111111111111', arn: 'arn:aws:iam::111111111111:user/me' };
const members = Array.from({ length: 30 }, (_, i) => ({
  id: String(111_111_111_111 + i),
  name: i === 3 ? 'broken\n    regions: [evil]' : `team-${i}`,
  state: i === 2 ? 'suspended' : 'active',
}));
const regions = { on: ['eu-west-1', 'us-east-1'], off: ['me-south-1'] };

/** What the text comes to when it is read as a file; `uncomment` takes the comment away from what is offered in it. */
function read(text: string) {
  const directory = mkdtempSync(join(tmpdir(), 'elava-init-'));
  try {
    writeFileSync(join(directory, 'elava.yaml'), text);
    return loadConfig({ cwd: directory, env: {} }).config;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe('the first configuration', () => {
  test.each<[string, Detected]>([
    ['without credentials', { notes: ['Credentials: AWS_CREDENTIALS_MISSING'] }],
    ['of an account', { caller, regions, notes: [] }],
    ['of an organisation', { caller, members, regions, notes: [] }],
    ['of an account whose regions are not told', { caller, notes: ['Regions: AWS_ACCESS_DENIED'] }],
  ])('%s can be read, and says what was found', (_, found) => {
    const { providers, tiers } = read(initText(found));
    expect(providers.aws.regions).toEqual(found.regions?.on ?? ['us-east-1']);
    expect(providers.aws.organization.enabled).toBe(found.members !== undefined);
    expect(providers.aws.accounts.map(({ id }) => id)).toEqual(found.members || !found.caller ? [] : [caller.account]);
    expect(Object.keys(tiers)).toEqual(['critical', 'standard']);
  });

  test('lists the accounts of an organisation as far as that is of use, and says which are suspended', () => {
    const text = initText({ caller, members, regions, notes: [] });
    expect(text).toContain('30 accounts in the organisation, 1 of them suspended');
    expect(text).toContain('111111111113 team-2 (suspended)');
    expect(text).toContain('and 10 more');
    expect(text).toContain('Not enabled: me-south-1');
  });

  test('can be read as well with everything that it offers uncommented', () => {
    const offered = (found: Detected, ...settings: RegExp[]): string =>
      initText(found)
        .split('\n')
        .map((line) => (settings.some((setting) => setting.test(line)) ? line.replace(/# ?/, '') : line))
        .join('\n');
    const org = read(
      offered(
        { caller, members, regions, notes: [] },
        /# (units|tags: \[|exclude|rate|concurrency|retention|external_id)/,
      ),
    );
    expect(org.providers.aws).toMatchObject({
      rate: 0.5,
      organization: { units: ['Workloads/Prod'], exclude: ['sandbox-*'] },
    });
    const listed = read(
      offered({ caller, regions, notes: [] }, /# {3}(- id: "2|  (name|role_arn|external_id|environment):)/),
    );
    expect(listed.providers.aws.accounts.map(({ name }) => name)).toEqual(['main', 'payments']);
  });
});
