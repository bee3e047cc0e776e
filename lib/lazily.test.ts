import { expect, test } from '@jest/globals';
import { lazily } from './lazily.ts';

test('opens once for all, and again only after a failure', async () => {
  let opened = 0;
  const get = lazily(async () => {
    opened += 1;
    if (opened === 1) throw new Error('not yet');
    return opened;
  });
  expect(opened).toBe(0);
  expect(await Promise.allSettled([get(), get()])).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  expect(await Promise.all([get(), get()])).toEqual([2, 2]);
  expect(opened).toBe(2);
});
