import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { isOwned, nobody, untracked } from './risk.ts';

test('what names nobody is what policies hold for it', () => {
  const rego = readFileSync(new URL('../../policies/lib/tags.rego', import.meta.url), 'utf8');
  const [, list = ''] = /_nobody := (\{[^}]*\})/.exec(rego) ?? [];
  expect([...nobody].sort()).toEqual((JSON.parse(list.replace('{', '[').replace('}', ']')) as string[]).sort());
});

describe('an owner', () => {
  test.each([
    [{ owner: 'ann@acme.example' }, true],
    [{ Team: 'payments' }, true],
    [{ owner: '' }, false],
    [{ owner: ' Unknown ' }, false],
    [{ owner: 'tbd', Team: 'payments' }, true],
    [{ name: 'ann' }, false],
    [{}, false],
  ])('%j', (tags, owned) => {
    expect(isOwned(tags as Record<string, string>, ['owner', 'Team'])).toBe(owned);
  });
});

test('high-risk and untracked is what security or waste policies object to and nobody owns, more than one page of it', async () => {
  const of = (i: number) => `arn:${String(i).padStart(4, '0')}`;
  const finding = (i: number, policy: string) => ({
    resource_id: of(i),
    policy_name: policy,
    result: { reason: `${policy} ${i}` },
  });
  const findings = [
    ...Array.from({ length: 1200 }, (_, i) => finding(i, 'elava.security')),
    finding(0, 'elava.waste'),
    finding(2000, 'elava.tagging'),
  ];
  const asked: number[] = [];
  const resources = async ({ filter }: { filter?: { ids?: string[] } }) => {
    const ids = filter?.ids ?? [];
    asked.push(ids.length);
    const found = ids.map((id) => ({
      id,
      type: 't',
      account: 'a',
      region: 'r',
      name: '',
      tags: id.endsWith('7') ? { owner: 'ann' } : {},
    }));
    return { resources: found } as never;
  };
  const found = await untracked({ resources }, findings as never, ['owner']);
  expect(found).toHaveLength(1080);
  expect(found[0]).toMatchObject({ id: of(0), reasons: ['elava.security 0', 'elava.waste 0'] });
  expect(asked).toEqual([500, 500, 200]);
});
