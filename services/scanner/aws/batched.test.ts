import { describe, expect, test } from '@jest/globals';
import { batched } from './batched.ts';
import { awsError } from './errors.ts';

const failure = (name: string) => awsError(Object.assign(new Error('no'), { name }), 'elb:DescribeTags');

/** A server of tags: it answers for keys that it has and fails the whole call for one that it has not. */
function server(keys: readonly string[], name = 'NotFound') {
  const calls: (readonly string[])[] = [];
  const call = async (asked: readonly string[]) => {
    calls.push(asked);
    if (asked.some((key) => !keys.includes(key))) throw failure(name);
    return new Map(asked.map((key) => [key, `tags of ${key}`]));
  };
  return { calls, call };
}

describe('details in batches', () => {
  test('cost a call for so many, however many ask at once', async () => {
    const { calls, call } = server(['a', 'b', 'c', 'd', 'e']);
    const lookUp = batched(['a', 'b', 'c', 'd', 'e'], { size: 2, gone: [], call });
    const found = await Promise.all(['e', 'a', 'b', 'c', 'd', 'a'].map(lookUp));
    expect(found).toEqual(['e', 'a', 'b', 'c', 'd', 'a'].map((key) => `tags of ${key}`));
    expect(calls).toEqual([['e'], ['a', 'b'], ['c', 'd']]);
  });

  test('are there for the neighbours of one that is gone by now', async () => {
    const { call } = server(['a', 'c']);
    const lookUp = batched(['a', 'b', 'c'], { size: 3, gone: ['NotFound'], call });
    expect(await lookUp('a')).toBe('tags of a');
    expect(await lookUp('c')).toBe('tags of c');
    await expect(lookUp('b')).rejects.toMatchObject({ data: { aws: 'NotFound' } });
  });

  test('fail for all when the call fails, and are not asked for one by one', async () => {
    const { calls, call } = server([], 'AccessDenied');
    const lookUp = batched(['a', 'b'], { size: 2, gone: ['NotFound'], call });
    const outcomes = await Promise.allSettled([lookUp('a'), lookUp('b')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(calls).toHaveLength(1);
  });
});
