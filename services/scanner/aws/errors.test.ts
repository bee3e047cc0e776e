import { describe, expect, test } from '@jest/globals';
import { elavaError } from '../../../lib/errors.ts';
import { awsError, awsNameOf, faultOf } from './errors.ts';

const answered = (name: string, status: number) =>
  Object.assign(new Error('said'), { name, $metadata: { httpStatusCode: status, requestId: 'r-1' } });
const broken = (code: string, name = 'Error') => Object.assign(new Error('socket'), { code, name });

describe('what AWS says', () => {
  test.each([
    ['RequestLimitExceeded', 503, 'AWS_THROTTLED', 'slow'],
    ['ThrottlingException', 400, 'AWS_THROTTLED', 'slow'],
    ['SlowDown', 503, 'AWS_THROTTLED', 'slow'],
    ['TooManyRequestsException', 429, 'AWS_THROTTLED', 'slow'],
    ['SomethingNew', 429, 'AWS_THROTTLED', 'slow'],
    ['UnauthorizedOperation', 403, 'AWS_ACCESS_DENIED', 'no'],
    ['AccessDenied', 403, 'AWS_ACCESS_DENIED', 'no'],
    ['SomethingNew', 403, 'AWS_ACCESS_DENIED', 'no'],
    ['AuthFailure', 401, 'AWS_CREDENTIALS_INVALID', 'no'],
    ['InvalidClientTokenId', 403, 'AWS_CREDENTIALS_INVALID', 'no'],
    ['UnrecognizedClientException', 400, 'AWS_CREDENTIALS_INVALID', 'no'],
    ['SignatureDoesNotMatch', 403, 'AWS_CREDENTIALS_INVALID', 'no'],
    ['ExpiredToken', 403, 'AWS_CREDENTIALS_EXPIRED', 'no'],
    ['RequestExpired', 400, 'AWS_CREDENTIALS_EXPIRED', 'no'],
    ['OptInRequired', 401, 'AWS_REGION_DISABLED', 'no'],
    ['InternalError', 500, 'AWS_SERVICE_ERROR', 'soon'],
    ['SomethingNew', 500, 'AWS_SERVICE_ERROR', 'soon'],
    ['InvalidParameterValue', 400, 'AWS_SERVICE_ERROR', 'no'],
  ])('%s (%d) is %s', (name, status, code, retry) => {
    expect(faultOf(answered(name, status))).toEqual({ code, retry });
  });

  test.each([
    [
      'User: arn:x is not authorized to perform: a:B with an explicit deny in a service control policy',
      'AWS_SCP_DENIED',
    ],
    [
      'User: arn:x is not authorized to perform: a:B because no service control policy allows the a:B action',
      'AWS_SCP_DENIED',
    ],
    [
      'User: arn:x is not authorized to perform: a:B with an explicit deny in a resource control policy',
      'AWS_SCP_DENIED',
    ],
    ['User: arn:x is not authorized to perform: a:B because no identity-based policy allows it', 'AWS_ACCESS_DENIED'],
  ])('%s: %s', (message, code) => {
    for (const name of ['AccessDenied', 'UnauthorizedOperation', 'AccessDeniedException']) {
      expect(faultOf(Object.assign(answered(name, 403), { message }))).toEqual({ code, retry: 'no' });
    }
  });

  test('of an account with a problem is told', () => {
    expect(faultOf(answered('AccountProblem', 403)).code).toBe('AWS_ACCOUNT_SUSPENDED');
  });

  test('with a clock that was wrong is tried again once it is right', () => {
    const error = Object.assign(answered('SignatureDoesNotMatch', 403), {
      $metadata: { httpStatusCode: 403, requestId: 'r-1', clockSkewCorrected: true },
    });
    expect(faultOf(error).retry).toBe('soon');
  });
});

describe('what is not AWS', () => {
  test.each([
    ['an answer without a request id', { $metadata: { httpStatusCode: 404 } }, 'no'],
    ['a bad gateway', { $metadata: { httpStatusCode: 502 } }, 'soon'],
    ['an answer that cannot be parsed', { $metadata: { httpStatusCode: 200, requestId: 'r' } }, 'no'],
    ['a text that is no JSON', { name: 'SyntaxError' }, 'no'],
  ])('%s', (_, parts, retry) => {
    expect(faultOf(Object.assign(new Error('x'), parts))).toEqual({ code: 'AWS_RESPONSE_INVALID', retry });
  });
});

describe('what the network does', () => {
  test.each([
    ['ECONNREFUSED', 'AWS_UNREACHABLE', 'no'],
    ['ENOTFOUND', 'AWS_UNREACHABLE', 'no'],
    ['ECONNRESET', 'AWS_UNREACHABLE', 'soon'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'AWS_UNREACHABLE', 'no'],
    ['ETIMEDOUT', 'AWS_TIMEOUT', 'soon'],
  ])('%s', (system, code, retry) => {
    expect(faultOf(broken(system))).toEqual({ code, retry });
    // The SDK gives some of them a name of its own, and wraps what happens while it reads.
    expect(faultOf(broken(system, 'TimeoutError'))).toEqual({ code, retry });
    expect(faultOf(Object.assign(new Error('x'), { cause: broken(system) }))).toEqual({ code, retry });
  });

  test('no credentials are not wrong ones', () => {
    expect(faultOf(Object.assign(new Error('x'), { name: 'CredentialsProviderError' })).code).toBe(
      'AWS_CREDENTIALS_MISSING',
    );
  });
});

describe('the error to throw', () => {
  test("says which call, keeps AWS's name and masks secrets", () => {
    const thrown = answered('UnauthorizedOperation', 403);
    thrown.message = 'token AKIAIOSFODNN7EXAMPLE is not allowed';
    const error = awsError(thrown, 'ec2:DescribeInstances');
    expect(error).toMatchObject({
      type: 'AWS_ACCESS_DENIED',
      data: { aws: 'UnauthorizedOperation', api: 'ec2:DescribeInstances' },
    });
    expect(error.message).toMatch(/^ec2:DescribeInstances: token \[masked\]/);
    expect(awsNameOf(error)).toBe('UnauthorizedOperation');
  });

  test('is our own where it was ours before', () => {
    const ours = elavaError('CANCELLED', 'x');
    expect(awsError(ours, 'x')).toBe(ours);
    expect(faultOf(ours)).toEqual({ code: 'CANCELLED', retry: 'no' });
  });

  test('can be made of anything', () => {
    expect(awsError('oops', 'a:B')).toMatchObject({ type: 'AWS_RESPONSE_INVALID', message: 'a:B: oops' });
    expect(awsNameOf(undefined)).toBe('');
  });
});
