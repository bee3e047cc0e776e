import { expect, test } from '@jest/globals';
import { isPublicPolicy } from './public-policy.ts';

const allow = (parts: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sqs:*', ...parts }],
});

test.each([
  ['no document', undefined, false],
  ['a text that is none', 'broken', false],
  ['everybody', allow({ Principal: '*' }), true],
  ['everybody, as an AWS principal', allow({ Principal: { AWS: ['arn:aws:iam::1:root', '*'] } }), true],
  ['everybody but one', allow({ NotPrincipal: { AWS: 'arn:aws:iam::1:root' } }), true],
  ['an account', allow({ Principal: { AWS: 'arn:aws:iam::1:root' } }), false],
  ['a service', allow({ Principal: { Service: 'sns.amazonaws.com' } }), false],
  ['a statement that is not in a list', { Statement: { Effect: 'Allow', Principal: '*' } }, true],
  ['nobody', { Statement: [{ Effect: 'Deny', Principal: '*' }] }, false],
  [
    'whoever speaks for a topic',
    allow({ Principal: '*', Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:1:t' } } }),
    false,
  ],
  ['an organisation', allow({ Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }), false],
  ['any topic', allow({ Principal: '*', Condition: { ArnLike: { 'aws:SourceArn': '*' } } }), true],
  [
    'any address',
    allow({ Principal: '*', Condition: { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '0.0.0.0/0'] } } }),
    true,
  ],
  [
    'all accounts but one',
    allow({ Principal: '*', Condition: { StringNotEquals: { 'aws:SourceAccount': '1' } } }),
    true,
  ],
  [
    'whoever has no organisation, too',
    allow({ Principal: '*', Condition: { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-1' } } }),
    true,
  ],
  [
    'encrypted calls of everybody',
    allow({ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
    true,
  ],
])('a policy for %s', (_, document, open) => {
  expect(isPublicPolicy(document)).toBe(open);
});
