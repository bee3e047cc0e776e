/** Records and open changes as tests need them. */
import type { Change } from '../../lib/resource.ts';
import type { OpenChange } from '../history/history.contract.ts';
import { type AuditRecord, readRecord } from './record.ts';

export const account = '111111111111';

export function auditRecord(name: string, more: Record<string, unknown> = {}): AuditRecord {
  const read = readRecord(
    JSON.stringify({
      eventID: `id-of-${name}`,
      eventName: name,
      eventTime: '2026-11-20T10:30:00Z',
      eventSource: 'ec2.amazonaws.com',
      awsRegion: 'eu-west-1',
      recipientAccountId: account,
      userAgent: 'aws-cli/2.22.12 os/macos',
      userIdentity: iamUser('alice'),
      requestParameters: null,
      responseElements: null,
      ...more,
    }),
  );
  if (!read) throw new TypeError(`${name} is no record`);
  return read;
}

export function iamUser(userName: string) {
  return {
    type: 'IAMUser',
    arn: `arn:aws:iam::${account}:user/${userName}`,
    accountId: account,
    userName,
    accessKeyId: `AKIA${userName}`,
  };
}

export function assumedRole(role: string, session: string, more: object = {}) {
  const name = role.slice(role.lastIndexOf('/') + 1);
  return {
    type: 'AssumedRole',
    principalId: `AROA${name}:${session}`,
    arn: `arn:aws:sts::${account}:assumed-role/${name}/${session}`,
    accountId: account,
    accessKeyId: `ASIA${name}${session}`,
    sessionContext: { sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${account}:role/${role}`, userName: name } },
    ...more,
  };
}

export function openChange(change: Partial<Change>, more: Partial<OpenChange> = {}): OpenChange {
  return {
    change: {
      id: `arn:aws:ec2:eu-west-1:${account}:instance/i-0123456789abcdef0`,
      account,
      region: 'eu-west-1',
      type: 'ec2',
      name: 'web',
      kind: 'modified',
      at: '2026-11-20T11:00:00.000Z',
      revision: '7',
      baseline: false,
      severity: 'low',
      fields: [],
      ...change,
    },
    from: '2026-11-20T10:00:00.000Z',
    created_at: '',
    refs: [],
    tags: {},
    ...more,
  };
}
