import { describe, expect, test } from '@jest/globals';
import { codeOf, elavaError } from '../../lib/errors.ts';
import { byIdOrName } from './named.ts';
import type { Reader } from './reader.ts';

const estate: readonly (readonly [id: string, name: string])[] = [
  ['arn:a/sg-1', 'pricing'],
  ['arn:a/sg-2', 'web'],
  ['arn:b/sg-3', 'web'],
];
const reader = {
  search: async ({ text }: { text: string }) => ({
    found: estate.filter(([, name]) => name.includes(text)).map(([id, name]) => ({ id, name })),
  }),
} as unknown as Pick<Reader, 'search'>;
const ask = async (id: string): Promise<string> => {
  const found = estate.find(([own]) => own.includes(id));
  if (!found) throw elavaError('NOT_FOUND', `no resource has ${id} in its id`);
  return found[0];
};
const asked = (given: string): Promise<string> =>
  byIdOrName(reader, given, ask).catch((error: unknown) => codeOf(error));

describe('a resource is found by', () => {
  test.each([
    ['its id', 'arn:a/sg-1', 'arn:a/sg-1'],
    ['a part of its id', 'sg-2', 'arn:a/sg-2'],
    ['a name that it alone has', 'pricing', 'arn:a/sg-1'],
    ['no name that several have', 'web', 'INVALID_REQUEST'],
    ['no part of a name', 'pric', 'NOT_FOUND'],
    ['no name that nobody has', 'nothing', 'NOT_FOUND'],
  ])('%s', async (_, given, found) => {
    expect(await asked(given)).toBe(found);
  });

  test('and what fails otherwise fails as it did', async () => {
    const broken = byIdOrName(reader, 'pricing', () => Promise.reject(elavaError('DEADLINE_EXCEEDED', 'slow')));
    await expect(broken).rejects.toThrow('slow');
  });
});
