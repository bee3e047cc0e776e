import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSecretKey, MASKED, mask, maskText } from './mask.ts';

// Put together here, so that no scanner of repositories takes this file for a leak.
const accessKey = `AKIA${'IOSFODNN7EXAMPLE'}`;
const secretKey = ['wJalrXUtnFEMI', 'K7MDENG', 'bPxRfiCYEXAMPLEKEY'].join('/');
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'].join('.');
const privateKey = ['-----BEGIN RSA PRIVATE', ' KEY-----\nMIIEow\nIBAAKCAQEA\n-----END RSA PRIVATE', ' KEY-----'].join(
  '',
);

describe('by the look of a text', () => {
  test.each([
    ['access key id', `key ${accessKey} used`, `key ${MASKED} used`],
    ['temporary access key id', accessKey.replace('AKIA', 'ASIA'), MASKED],
    ['secret access key', `secret is ${secretKey}.`, `secret is ${MASKED}.`],
    ['JWT', `got ${jwt}, refused`, `got ${MASKED}, refused`],
    ['bearer token', 'authorization: Bearer abc.def-123456', `authorization: Bearer ${MASKED}`],
    ['basic authorization', 'Basic dXNlcjpwYXNzd29yZA==', `Basic ${MASKED}`],
    ['password in a URL', 'connect postgres://app:hunter2@db:5432/x', `connect postgres://app:${MASKED}@db:5432/x`],
    ['password in a URL without user', 'redis://:hunter2@cache', `redis://:${MASKED}@cache`],
    ['private key', `-- ${privateKey} --`, `-- ${MASKED} --`],
    ['private key cut short', privateKey.slice(0, 50), MASKED],
    ['password in a connection string', 'host=db password=hunter2 port=1', `host=db password=${MASKED} port=1`],
    ['token in a query', '/x?token=abc123&page=2', `/x?token=${MASKED}&page=2`],
    ['secret in JSON text', '{"db_password": "hunter2", "n": 1}', `{"db_password": "${MASKED}", "n": 1}`],
    ['signed URL', `https://b.s3/x?X-Amz-Signature=${'ab'.repeat(32)}`, `https://b.s3/x?X-Amz-Signature=${MASKED}`],
    ['GitHub token', `clone with ghp_${'a1B2'.repeat(9)}`, `clone with ${MASKED}`],
    ['Slack hook', 'https://hooks.slack.com/services/T0/B0/xyz', `https://hooks.slack.com/services/${MASKED}`],
  ])('%s', (_what, text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  test.each([
    'arn:aws:iam::123456789012:role/PlatformEngineeringDeploymentRole2024Blue',
    'arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
    'PlatformEngineeringDeploymentRoleForBlue',
    'role/PlatformEngineeringDeployRole2024A1',
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    'DA39A3EE5E6B4B0D3255BFEF95601890AFD80709',
    'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188',
    'https://example.com:8080/path@v2',
    'Basic authentication is off',
    'Unexpected token: eip',
    'x=1, y=2',
    '2026-11-20T12:00:00.000Z',
  ])('%s is kept', (text) => {
    expect(maskText(text)).toBe(text);
  });

  test('random secret access keys are found, 99 of 100', () => {
    const keys = Array.from({ length: 1000 }, () => randomBytes(30).toString('base64'));
    expect(keys.filter((key) => maskText(key) === MASKED).length).toBeGreaterThan(980);
  });

  test.each(['a', 'eyJ', '://', 'password=', '-----BEGIN PRIVATE KEY-----', 'Basic A', `"' :`, 'Aa1/', 'Bearer '])(
    'a megabyte of %j ends (hours, were a pattern quadratic)',
    (piece) => {
      expect(maskText(piece.repeat(1_000_000 / piece.length)).length).toBeGreaterThan(0);
    },
  );
});

describe('by the name of a key', () => {
  test.each([
    'password',
    'DB_PASSWORD',
    'PGPASSWORD',
    'dbPassword',
    'secret',
    'aws_secret_access_key',
    'SecretAccessKey',
    'apiKey',
    'API_KEY',
    'x-api-key',
    'GITHUB_TOKEN',
    'sessionToken',
    'Authorization',
    'set-cookie',
    'DB_PASS',
    'privateKey',
    'connectionString',
  ])('%s is secret', (key) => {
    expect(isSecretKey(key)).toBe(true);
  });
  test.each([
    'HttpTokens',
    'PasswordLastUsed',
    'compass',
    'author',
    'KeyId',
    'secret_arn',
    'MaxPasswordAge',
    'public_key',
  ])('%s is not', (key) => {
    expect(isSecretKey(key)).toBe(false);
  });
});

describe('anywhere in a value', () => {
  test('nested objects, arrays, numbers and lists under a secret key', () => {
    const value = {
      a: [{ password: 'x', n: 1 }, accessKey],
      pin_secret: 1234,
      tokens: ['t'],
      token: ['t', { deep: 'u' }],
    };
    expect(mask(value)).toEqual({
      a: [{ password: MASKED, n: 1 }, MASKED],
      pin_secret: MASKED,
      tokens: ['t'],
      token: [MASKED, { deep: MASKED }],
    });
    expect(value.a[0]).toEqual({ password: 'x', n: 1 });
  });

  test('an ARN, a flag and an empty text under a secret key name no secret', () => {
    const value = {
      MasterUserSecret: { SecretArn: 'arn:aws:secretsmanager:eu-west-1:1:secret:x' },
      has_password: true,
      password: '',
    };
    expect(mask(value)).toBe(value);
  });

  test('errors with their cause and their fields', () => {
    const cause = new Error(`refused ${accessKey}`);
    const masked: unknown = mask({
      error: Object.assign(new Error('login: password=hunter2', { cause }), { code: 'E1', token: 't' }),
    });
    expect(masked).toMatchObject({
      error: {
        name: 'Error',
        message: `login: password=${MASKED}`,
        code: 'E1',
        token: MASKED,
        cause: { message: `refused ${MASKED}` },
      },
    });
    expect(JSON.stringify(masked)).not.toMatch(/hunter2|AKIA/);
  });

  test('cycles, depth, bytes, dates, URLs and getters that throw', () => {
    const loop: Record<string, unknown> = { name: 'loop' };
    loop['self'] = loop;
    expect(mask(loop)).toEqual({ name: 'loop', self: '[circular]' });
    expect(mask({ a: { b: { c: 1 } } }, { maxDepth: 2 })).toEqual({ a: { b: '[too deep]' } });
    expect(mask<unknown>({ bytes: Buffer.from('hunter2') })).toEqual({ bytes: '[7 bytes]' });
    const date = new Date(0);
    expect(mask({ date }).date).toBe(date);
    expect(mask<unknown>({ url: new URL('https://u:hunter2@h/') })).toEqual({ url: `https://u:${MASKED}@h/` });
    const bad = {
      get x(): never {
        throw new Error('no');
      },
    };
    expect(mask<unknown>({ bad, also: 1 })).toEqual({ bad: '[unreadable]', also: 1 });
  });

  test('the same object seen twice is no cycle', () => {
    const shared = { n: 1 };
    expect(mask({ a: shared, b: shared })).toEqual({ a: { n: 1 }, b: { n: 1 } });
  });

  test('a value without secrets is given back as it is; masking twice changes nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = mask(value);
        expect(mask(once)).toEqual(once);
        if (JSON.stringify(once) === JSON.stringify(value)) expect(once).toBe(value);
      }),
    );
  });
});
