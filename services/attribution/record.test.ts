import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { grantOf, keysOf, lastPart, readRecord, textsAt } from './record.ts';

const record = {
  eventID: 'e1',
  eventName: 'CreateTags',
  eventTime: '2026-11-20T11:30:00Z',
  eventSource: 'ec2.amazonaws.com',
  awsRegion: 'eu-west-1',
  recipientAccountId: '111111111111',
  userAgent: 'aws-cli/2.22.12',
  userIdentity: {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111111111111:assumed-role/admin/alice@acme.example',
    accessKeyId: 'ASIA1',
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111111111111:role/admin', userName: 'admin' },
      attributes: { mfaAuthenticated: 'true' },
    },
  },
  requestParameters: {
    resourcesSet: { items: [{ resourceId: 'i-1234567890abcdef0' }, { resourceId: 'vol-1' }] },
    tagSet: { items: [{ key: 'owner', value: 'not-an-id' }] },
  },
  responseElements: null,
};

describe('readRecord', () => {
  test('reads who called what, when and where', () => {
    expect(readRecord(JSON.stringify(record))).toMatchObject({
      id: 'e1',
      at: Date.parse('2026-11-20T11:30:00Z'),
      account: '111111111111',
      region: 'eu-west-1',
      caller: {
        type: 'AssumedRole',
        session: 'alice@acme.example',
        accessKey: 'ASIA1',
        mfa: true,
        issuer: { name: 'admin' },
      },
      console: false,
    });
  });

  test('takes the text "false" of sessionCredentialFromConsole for false', () => {
    const told = (value: unknown) =>
      readRecord(JSON.stringify({ ...record, sessionCredentialFromConsole: value }))?.console;
    expect([told('true'), told(true), told('false'), told(false), told(undefined)]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test('gives nothing for what is no record, and never throws', () => {
    expect(readRecord('{"eventID":"e"}')).toBeUndefined();
    expect(readRecord('no json')).toBeUndefined();
    fc.assert(
      fc.property(
        fc.record({ userIdentity: fc.anything(), requestParameters: fc.anything(), resources: fc.anything() }),
        (odd) => {
          let body: string;
          try {
            body = JSON.stringify({ ...record, ...odd });
          } catch {
            return;
          }
          const read = readRecord(body);
          if (read) keysOf(read);
        },
      ),
    );
  });
});

describe('keysOf', () => {
  test('holds ids and names, not tags', () => {
    const read = readRecord(JSON.stringify(record));
    expect(read && keysOf(read)).toEqual(['i-1234567890abcdef0', 'vol-1']);
  });

  test("holds no credentials, whose access key is the event's grant", () => {
    const body = {
      ...record,
      responseElements: { credentials: { accessKeyId: 'ASIA2', sessionToken: 'secret-token' } },
    };
    const read = readRecord(JSON.stringify(body));
    expect(read && grantOf(read)).toBe('ASIA2');
    expect(read && keysOf(read)).not.toContain('secret-token');
  });
});

test('lastPart and textsAt find the parts that name a resource', () => {
  expect(
    ['arn:aws:s3:::b', 'arn:aws:lambda:eu-west-1:1:function:f', 'arn:aws:ec2:x:1:instance/i-1'].map(lastPart),
  ).toEqual(['b', 'f', 'i-1']);
  expect(textsAt(record, ['requestParameters', 'resourcesSet', 'items', 'resourceId'])).toEqual([
    'i-1234567890abcdef0',
    'vol-1',
  ]);
});
