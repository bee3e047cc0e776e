import { readdir } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { Compile } from 'typebox/compile';
import { infoOf } from '../../resource-type.ts';
import { TypeInfo } from '../../scanner.contract.ts';
import { awsTypes } from './index.ts';

const types = [...awsTypes.values()];
const info = Compile(TypeInfo);

test('each tells its ARNs from those of all others', () => {
  const arns = types.filter(({ type }) => !type.startsWith('elb')).map((type) => type.arns);
  expect(new Set(arns).size).toBe(arns.length);
});

test('every file of the folder is a type, and every type a file', async () => {
  const helpers = new Set(['common.ts', 'index.ts']);
  const files = (await readdir(import.meta.dirname)).filter((name) => !name.endsWith('.test.ts') && !helpers.has(name));
  expect(files.sort()).toEqual(types.map(({ type }) => `${type.replaceAll('_', '-')}.ts`).sort());
});

describe.each(types.map((type) => [type.type, type] as const))('%s', (name, type) => {
  test('is declared whole', () => {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(info.Check(infoOf(type))).toBe(true);
    expect(type.title).toMatch(/^[A-Z]/);
    expect(Object.keys(type.fields.properties).length).toBeGreaterThan(0);
  });

  test('has fields in our words, that no resource has by itself', () => {
    const own = [
      'id',
      'provider',
      'account',
      'region',
      'type',
      'name',
      'status',
      'tags',
      'created_at',
      'refs',
      'metadata',
    ];
    for (const field of Object.keys(type.fields.properties)) {
      expect(field).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(own).not.toContain(field);
    }
  });

  test('needs reading permissions only', () => {
    expect(type.actions.length).toBeGreaterThan(0);
    for (const action of type.actions) expect(action).toMatch(/^[a-z0-9]+:(Describe|List|Get)[A-Za-z0-9]+$/);
  });

  test('joins what there is', () => {
    for (const { ids, type: other, take } of type.joins ?? []) {
      expect(type.fields.properties).toHaveProperty(ids);
      expect(awsTypes.get(other)?.fields.properties).toHaveProperty(take);
    }
  });
});
