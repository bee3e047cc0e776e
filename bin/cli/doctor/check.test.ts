import { describe, expect, test } from '@jest/globals';
import { elavaError } from '../../../lib/errors.ts';
import { exitOf, fail, failed, ok, warn } from './check.ts';
import { checkType } from './cloud.ts';

describe('the exit code', () => {
  test.each([
    ['is 0 when all is well', [ok('store', '')], 0],
    ['is 0 with warnings only', [ok('store', ''), warn('clock', 'off')], 0],
    ['is that of a broken configuration', [fail('config', elavaError('CONFIG_SYNTAX', 'x'))], 2],
    [
      'is that of credentials',
      [warn('clock', 'off'), fail('credentials', elavaError('AWS_CREDENTIALS_EXPIRED', 'x'))],
      1,
    ],
    ['is that of partial coverage', [failed('permissions', { code: 'AWS_SCP_DENIED', detail: '' })], 4],
    [
      'is that of what failed first',
      [
        fail('store', elavaError('STORE_IN_USE', 'x')),
        failed('permissions', { code: 'AWS_ACCESS_DENIED', detail: '' }),
      ],
      1,
    ],
    ['is 1 for what nobody foresaw', [fail('store', new Error('x'))], 1],
  ])('%s', (_, checks, code) => {
    expect(exitOf(checks)).toBe(code);
  });
});

test('what went wrong says what to do, and shows no secrets', () => {
  expect(fail('credentials', elavaError('AWS_CREDENTIALS_EXPIRED', 'token AKIAIOSFODNN7EXAMPLE'))).toMatchObject({
    code: 'AWS_CREDENTIALS_EXPIRED',
    text: expect.not.stringContaining('AKIAIOSFODNN7EXAMPLE'),
    next: expect.stringMatching(/sign in/i),
  });
});

describe('a type', () => {
  const call = (api: string, error = '') => ({ type: 's3', api, error, detail: error === '' ? '' : `${api}: no` });

  test('is read whole when all of its calls are let through', () => {
    expect(checkType('s3', [], [call('s3:ListBuckets')])).toMatchObject({ state: 'ok', of: 's3' });
  });

  test('that is denied says which permissions it needs', () => {
    const calls = [
      call('s3:ListBuckets'),
      call('s3:GetBucketAcl', 'AWS_ACCESS_DENIED'),
      call('s3:GetBucketTagging', 'AWS_ACCESS_DENIED'),
    ];
    const check = checkType('s3', ['s3:GetBucketAcl', 's3:GetBucketTagging'], calls);
    expect(check).toMatchObject({ state: 'fail', code: 'AWS_ACCESS_DENIED' });
    expect(check.text).toMatch(/GetBucketAcl.*GetBucketTagging/);
    expect(check.next).toContain('s3:GetBucketAcl, s3:GetBucketTagging');
  });

  test('that the organisation forbids needs another remedy', () => {
    expect(checkType('s3', ['s3:x'], [call('s3:ListBuckets', 'AWS_SCP_DENIED')]).next).toMatch(/service control/);
  });
});
