import { describe, expect, test } from '@jest/globals';
import Type from 'typebox';
import { elavaError } from '../../lib/errors.ts';
import { gapOf, readPages } from './pages.ts';
import type { Page, ResourceType } from './resource-type.ts';

const signal = new AbortController().signal;
const denied = elavaError('AWS_ACCESS_DENIED', 'no');

function typeOf(
  list: (token: string | undefined) => Promise<Page<number>>,
  more: object = {},
): ResourceType<object, number> {
  return {
    type: 'thing',
    title: 'Thing',
    service: 'x',
    global: false,
    actions: [],
    fields: Type.Object({}),
    list: (_, token) => list(token),
    map: () => {
      throw new Error('pages are not mapped here');
    },
    ...more,
  };
}

async function read(type: ResourceType<object, number>): Promise<number[][]> {
  const pages: number[][] = [];
  for await (const page of readPages(type, {}, signal)) pages.push(page.map(({ item }) => item));
  return pages;
}

describe('pages', () => {
  test('are read to the last, empty ones with a token too', async () => {
    const all: Record<string, Page<number>> = {
      '': { items: [1, 2], next: 'b' },
      b: { items: [], next: 'c' },
      c: { items: [3], next: '' },
    };
    expect(await read(typeOf(async (token = '') => all[token] as Page<number>))).toEqual([[1, 2], [], [3]]);
  });

  test('that were read stay read when a later one fails', async () => {
    const seen: number[][] = [];
    const type = typeOf(async (token) => {
      if (token) throw denied;
      return { items: [1], next: 'b' };
    });
    const all = async (): Promise<void> => {
      for await (const page of readPages(type, {}, signal)) seen.push(page.map(({ item }) => item));
    };
    await expect(all()).rejects.toBe(denied);
    expect(seen).toEqual([[1]]);
  });

  test('that go round in circles are refused', async () => {
    let calls = 0;
    const type = typeOf(async () => {
      calls += 1;
      return { items: [1], next: 'again' };
    });
    await expect(read(type)).rejects.toMatchObject({ type: 'AWS_RESPONSE_INVALID' });
    expect(calls).toBe(2);
  });
});

describe('details', () => {
  const list = async (): Promise<Page<number>> => ({ items: Array.from({ length: 30 }, (_, i) => i) });

  test('are read a few at once and stay in order; what is gone is left out', async () => {
    let [running, most] = [0, 0];
    const detail = async (_: object, item: number) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, (item % 3) + 1));
      running -= 1;
      return item === 7 ? undefined : { item: item * 10, gaps: [] };
    };
    const [page] = await read(typeOf(list, { detail }));
    expect(page).toEqual(Array.from({ length: 30 }, (_, i) => i * 10).filter((i) => i !== 70));
    expect(most).toBe(8);
  });

  test('end soon after one of them fails for the whole unit', async () => {
    let calls = 0;
    const detail = async (_: object, item: number) => {
      calls += 1;
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (item === 3) throw elavaError('AWS_CREDENTIALS_EXPIRED', 'over');
      return { item, gaps: [] };
    };
    await expect(read(typeOf(list, { detail }))).rejects.toMatchObject({ type: 'AWS_CREDENTIALS_EXPIRED' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls).toBeLessThan(20);
  });

  test.each([
    'AWS_ACCESS_DENIED',
    'AWS_THROTTLED',
    'AWS_TIMEOUT',
    'AWS_SERVICE_ERROR',
    'AWS_RESPONSE_INVALID',
  ] as const)("%s is the resource's own", (code) => {
    const error = elavaError(code, 'x');
    expect(gapOf(['a'], error)).toEqual({ fields: ['a'], error });
  });

  test.each([
    'CANCELLED',
    'AWS_CREDENTIALS_EXPIRED',
    'AWS_CREDENTIALS_INVALID',
    'AWS_UNREACHABLE',
    'INTERNAL',
  ] as const)("%s is the unit's", (code) => {
    const error = elavaError(code, 'x');
    expect(() => gapOf(['a'], error)).toThrow(error);
  });
});
