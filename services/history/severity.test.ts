import { expect, test } from '@jest/globals';
import { severityOf } from './severity.ts';

const modified = (type: string, path: string) => severityOf('modified', type, [{ path, old: 1, new: 2 }]);

test.each([
  ['s3', 'public_read', 'high'],
  ['ami', 'public', 'high'],
  ['eks', 'public_access_cidrs', 'high'],
  ['ec2', 'metadata.PubliclyAccessible', 'high'],
  ['security_group', 'rules.0', 'high'],
  ['sqs', 'policy.Statement', 'high'],
  ['ec2', 'instance_type', 'medium'],
  // An address changes with every start.
  ['ec2', 'public_ip', 'low'],
  ['nat_gateway', 'public_ips', 'low'],
  ['ec2', 'metadata.PublicIpAddress', 'low'],
])('a change of %s %s is %s', (type, path, severity) => {
  expect(modified(type, path)).toBe(severity);
});

test('what loses data when it goes is high', () => {
  expect(severityOf('disappeared', 'kms', [])).toBe('high');
  expect(severityOf('disappeared', 'sqs', [])).toBe('medium');
  expect(severityOf('appeared', 'kms', [])).toBe('info');
});
