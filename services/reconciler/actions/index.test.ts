import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Resource } from '../../../lib/resource.ts';
import { isDelayed } from '../action.ts';
import { actions, isolatingAction } from './index.ts';

/** Files that several actions share. */
const shared = ['capacity', 'common', 'groups', 'index', 'power', 'public-access', 'rules'];
const dashed = (type: string): string => type.replaceAll('_', '-');
const resource = (type: string): Resource => ({
  id: `arn:aws:x:r:1:${type}/x-1`,
  provider: 'aws',
  account: '1',
  region: 'r',
  type,
  name: 'x',
  status: 'running',
  tags: {},
  created_at: '',
  refs: [],
  metadata: {},
});

test('every action is a file, and every file is an action', () => {
  const files = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => name.slice(0, -3));
  expect(files.filter((name) => !shared.includes(name)).sort()).toEqual([...actions.keys()].map(dashed).sort());
});

describe.each([...actions.values()].map((action) => [action.type, action] as const))('%s', (_, action) => {
  test('has steps whose effect can be looked up, and says what it needs', () => {
    expect(action.steps.length).toBeGreaterThan(0);
    for (const { iam, blind } of action.steps) {
      if (!blind) expect(iam.length).toBeGreaterThan(0);
      for (const right of iam) expect(right).toMatch(/^[a-z0-9]+:[A-Z][A-Za-z]+$/);
    }
  });

  test('what destroys is marked first, and only that; nothing puts it back', () => {
    expect(action.steps[0]?.name === 'mark').toBe(isDelayed(action));
    expect(action.steps.some(({ role }) => role === 'delete')).toBe(action.cost === 'destructive');
    if (action.cost === 'destructive') expect(action.inverse).toBeUndefined();
  });

  test('what is put back is put back by an action that takes it', () => {
    const [type = 'ec2'] = action.resources;
    const before = {
      ...resource(type),
      tags: { a: '1' },
      metadata: { Attachments: [{ InstanceId: 'i-1', Device: '/dev/sdf' }], SecurityGroups: [{ GroupId: 'sg-1' }] },
    };
    const given = {
      tags: { a: '1' },
      keys: ['a'],
      protocol: 'tcp',
      from_port: 1,
      to_port: 2,
      source: '10.0.0.0/8',
      groups: ['sg-1'],
      instance: 'i-1',
      device: '/dev/sdf',
      min: 1,
      desired: 1,
    };
    const params = action.params(given);
    expect(typeof params).toBe('object');
    const undo = typeof params === 'string' ? undefined : action.inverse?.(before, params);
    if (!undo) return;
    const back = actions.get(undo.action);
    expect(back?.resources).toEqual(action.resources);
    expect(typeof back?.params(undo.params)).toBe('object');
  });
});

test('what a denial leads to is an action for the type that policies may ask for', () => {
  for (const type of ['ec2', 's3', 'rds']) {
    const action = actions.get(isolatingAction(type));
    expect(action?.proposable).toBe(true);
    expect(action?.resources.length === 0 || action?.resources.includes(type)).toBe(true);
  }
});

describe('tag', () => {
  const tag = actions.get('tag');
  test.each([
    [{}, 'tags is no object'],
    [{ tags: {} }, 'it takes 1 to 20 tags'],
    [{ tags: { 'aws:x': '1' } }, 'is not one that AWS takes'],
    [{ tags: { a: 1 } }, 'is not one that AWS takes'],
    [{ tags: { a: 'x'.repeat(257) } }, 'is not one that AWS takes'],
  ])('refuses %j', (given, why) => expect(tag?.params(given)).toContain(why));

  const owned = { ...resource('ec2'), tags: { owner: 'ada' } };
  test("does not overwrite somebody's word, unless it is told to, and then puts it back", () => {
    expect(tag?.check(owned, { tags: { owner: 'bob' } })).toBe('it has another owner already');
    expect(tag?.check(owned, { tags: { owner: 'ada' } })).toBe('it has these tags already');
    const asked = { tags: { owner: 'bob' }, overwrite: true };
    expect(tag?.check(owned, asked)).toBeUndefined();
    expect(tag?.inverse?.(owned, asked)).toEqual({
      action: 'tag',
      params: { tags: { owner: 'ada' }, overwrite: true },
    });
  });
  test('what it set is taken off only as long as it is what it set', () => {
    const back = tag?.inverse?.(resource('ec2'), { tags: { owner: 'bob' } });
    expect(back).toEqual({ action: 'untag', params: { keys: ['owner'], only: { owner: 'bob' } } });
    expect(actions.get('untag')?.check({ ...owned, tags: { owner: 'bob' } }, back?.params ?? {})).toBeUndefined();
    expect(actions.get('untag')?.check(owned, back?.params ?? {})).toBe('owner was changed since');
  });
});
