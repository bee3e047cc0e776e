import { describe, expect, test } from '@jest/globals';
import { correlate } from './correlate.ts';
import type { AuditRecord } from './record.ts';
import { subjectOf } from './subject.ts';
import { account, auditRecord, iamUser, openChange } from './testing.ts';

const day = 86_400_000;
const found = (open: Parameters<typeof subjectOf>[0], records: AuditRecord[]) =>
  correlate(subjectOf(open, day), records, { openings: new Map(), pending: false });

const id = 'i-0123456789abcdef0';
const instances = (...ids: string[]) => ({ instancesSet: { items: ids.map((instanceId) => ({ instanceId })) } });
const status = [{ path: 'status', old: 'running', new: 'stopped' }];
const stop = auditRecord('StopInstances', { requestParameters: instances(id) });

describe('an event explains a change', () => {
  test('when it names the resource, can change the field, and lies in the window', () => {
    const answer = found(openChange({ fields: status }), [stop]);
    expect(answer).toMatchObject({
      actor: { actor: 'alice' },
      best: { identity: 'parameter', effect: 'field', inWindow: true },
    });
    expect(answer?.confidence).toBeGreaterThan(0.85);
  });

  test.each([
    ['failed', { errorCode: 'Client.UnauthorizedOperation' }],
    ['names another', { requestParameters: instances('i-0fffffffffffffff0') }],
    ['came before the last complete scan', { eventTime: '2026-11-20T09:50:00Z' }],
    ['came after it was seen', { eventTime: '2026-11-20T11:05:00Z' }],
    [
      'cannot change such a field',
      {
        eventName: 'CreateTags',
        requestParameters: { resourcesSet: { items: [{ resourceId: id }] }, tagSet: { items: [{ key: 'owner' }] } },
      },
    ],
    ['changes nothing', { eventName: 'RebootInstances' }],
  ])('but not one that %s', (_, more) => {
    const record = auditRecord('StopInstances', { requestParameters: instances(id), ...more });
    expect(found(openChange({ fields: status }), [record])).toBeUndefined();
  });

  test('a batch call gives each of its resources its own', () => {
    const ids = Array.from({ length: 20 }, (_, i) => `i-0123456789abcde${String(i).padStart(2, '0')}`);
    const run = auditRecord('RunInstances', { responseElements: instances(...ids), eventTime: '2026-11-20T10:30:01Z' });
    for (const one of ids) {
      const arn = `arn:aws:ec2:eu-west-1:${account}:instance/${one}`;
      const answer = found(openChange({ id: arn, kind: 'appeared' }, { created_at: '2026-11-20T10:30:00.000Z' }), [
        run,
      ]);
      expect(answer?.best).toMatchObject({ record: { name: 'RunInstances' }, identity: 'parameter', effect: 'whole' });
    }
  });

  test('CreateTags on many counts for the tag that it sets', () => {
    const tags = (key: string, user: string) =>
      auditRecord('CreateTags', {
        eventID: `${key}-${user}`,
        userIdentity: iamUser(user),
        requestParameters: {
          resourcesSet: { items: [{ resourceId: 'vol-1' }, { resourceId: id }] },
          tagSet: { items: [{ key, value: 'x' }] },
        },
      });
    const open = openChange({ fields: [{ path: 'tags.owner', old: null, new: 'x' }] });
    const answer = found(open, [tags('ticket', 'bob'), tags('owner', 'alice')]);
    expect(answer).toMatchObject({ actor: { actor: 'alice' }, rivals: [] });
  });

  test('of two that fit the last one counts, and both make it less sure', () => {
    const again = auditRecord('StopInstances', {
      eventID: 'later',
      eventTime: '2026-11-20T10:45:00Z',
      userIdentity: iamUser('bob'),
      requestParameters: instances(id),
    });
    const alone = found(openChange({ fields: status }), [stop]);
    const both = found(openChange({ fields: status }), [stop, again]);
    expect(both?.actor.actor).toBe('bob');
    expect(both?.confidence).toBeLessThan((alone?.confidence ?? 0) * 0.75);
  });

  test('a disk goes with its instance', () => {
    const gone = openChange(
      { id: `arn:aws:ec2:eu-west-1:${account}:volume/vol-0123456789abcdef0`, type: 'ebs', kind: 'disappeared' },
      { refs: [`arn:aws:ec2:eu-west-1:${account}:instance/${id}`] },
    );
    const terminate = auditRecord('TerminateInstances', { requestParameters: instances(id) });
    expect(found(gone, [terminate])?.best).toMatchObject({ identity: 'reference', effect: 'whole' });
  });

  test("Lambda's dated names and the odd case of RDS are known", () => {
    const lambda = openChange({
      id: `arn:aws:lambda:eu-west-1:${account}:function:orders`,
      type: 'lambda',
      fields: [{ path: 'memory', old: 128, new: 256 }],
    });
    const update = auditRecord('UpdateFunctionConfiguration20150331v2', {
      eventSource: 'lambda.amazonaws.com',
      requestParameters: { functionName: 'orders', memorySize: 256 },
    });
    expect(found(lambda, [update])?.best.effect).toBe('value');
    const rds = openChange({
      id: `arn:aws:rds:eu-west-1:${account}:db:shop`,
      type: 'rds',
      fields: [{ path: 'instance_class', old: 'a', new: 'db.r6g.large' }],
    });
    const modify = auditRecord('ModifyDBInstance', {
      eventSource: 'rds.amazonaws.com',
      requestParameters: { dBInstanceIdentifier: 'shop', dBInstanceClass: 'db.r6g.large' },
    });
    expect(found(rds, [modify])?.best).toMatchObject({ identity: 'parameter', effect: 'value' });
  });
});
