import { describe, expect, test } from '@jest/globals';
import type { StoredResource } from '../history/history.contract.ts';
import { now, stored } from './testing.ts';
import type { Measured } from './usage.ts';
import { wasteOf } from './waste.ts';

const day = 86_400_000;
const ago = (days: number) => new Date(now - days * day).toISOString();
const settings = {
  now,
  idleMs: 7 * day,
  ownerTags: ['owner', 'team'],
  referred: new Set<string>(),
  live: new Set<string>(),
  complete: new Set(['111111111111/eu-west-1/ebs']),
  idleCpu: 5,
  oversizedCpu: 20,
  usage: new Map<string, Measured>(),
};
const kinds = (resource: StoredResource, more: Partial<typeof settings> = {}) =>
  wasteOf(resource, { ...settings, ...more }).map(({ kind }) => kind);

describe('stopped', () => {
  test("counts from AWS's own time when that is earlier than what was seen, and says so", () => {
    const first = stored('ec2', {
      status: 'stopped',
      state_since: ago(0),
      stopped_since: ago(20),
      stopped_since_source: 'StateTransitionReason',
    });
    expect(wasteOf(first, settings)).toMatchObject([
      { kind: 'stopped', since: ago(20), evidence: [expect.stringContaining('StateTransitionReason')] },
    ]);
  });

  test('is not waste before the threshold', () => {
    expect(kinds(stored('ec2', { status: 'stopped', state_since: ago(3) }))).toEqual([]);
    expect(kinds(stored('ec2', { status: 'stopped', state_since: ago(8) }))).toEqual(['stopped']);
    expect(kinds(stored('ec2', { status: 'running' }))).toEqual([]);
  });
});

test('a disk that is attached to nothing', () => {
  expect(kinds(stored('ebs', { status: 'available' }))).toEqual(['unattached']);
  expect(kinds(stored('ebs', { status: 'in-use' }))).toEqual([]);
  expect(kinds(stored('ebs', { status: 'available', state_since: ago(1), created_at: ago(1) }))).toEqual([]);
});

describe('a snapshot of a disk that is gone', () => {
  const snapshot = stored('snapshot', { volume_id: 'vol-1' });
  test('is obsolete, unless the disk is there, or the disks could not be listed', () => {
    expect(kinds(snapshot)).toEqual(['obsolete']);
    expect(kinds(snapshot, { live: new Set(['arn:aws:ec2:eu-west-1:111111111111:volume/vol-1']) })).toEqual([]);
    expect(kinds(snapshot, { complete: new Set() })).toEqual([]);
  });
  test('is left to the backup plan that made it', () => {
    expect(kinds({ ...snapshot, tags: { owner: 'a', 'aws:backup:source-resource': 'x' } })).toEqual([]);
  });
});

test('what is attached to nothing, by type', () => {
  expect(kinds(stored('eip', { associated: false }))).toEqual(['unattached']);
  expect(kinds(stored('eip', { associated: true }))).toEqual([]);
  expect(kinds(stored('eni', { attached: false }))).toEqual(['unattached']);
  expect(kinds(stored('target_group', { used: false }))).toEqual(['unattached']);
  expect(kinds(stored('elb_classic', { instance_ids: [] }))).toEqual(['unattached']);
  expect(kinds(stored('elb_classic', { instance_ids: ['i-1'] }))).toEqual([]);
  expect(kinds(stored('eni', { attached: false, provider_owned: true }))).toEqual([]);
});

describe('an image', () => {
  test('that was never launched is obsolete after 90 days, unless it is shared or kept', () => {
    expect(kinds(stored('ami', { created_at: ago(100) }))).toEqual(['obsolete']);
    expect(kinds(stored('ami', { created_at: ago(80) }))).toEqual([]);
    expect(kinds(stored('ami', { created_at: ago(100), public: true }))).toEqual([]);
    expect(kinds(stored('ami', { created_at: ago(100), tags: { owner: 'a', 'aws:backup:x': 'y' } }))).toEqual([]);
  });
  test('that was launched long ago is so with less confidence, and is not idle besides', () => {
    const old = stored('ami', { created_at: ago(300), last_used_at: ago(95) });
    expect(wasteOf(old, settings)).toMatchObject([{ kind: 'obsolete', since: ago(95), confidence: 0.6 }]);
    expect(kinds(stored('ami', { created_at: ago(300), last_used_at: ago(20) }))).toEqual([]);
  });
});

describe('an orphan', () => {
  const alone = stored('security_group', { tags: {}, created_at: '', first_seen: ago(20) });
  test('has no owner by any alias, is old, and nothing refers to it', () => {
    expect(kinds(alone)).toEqual(['orphaned']);
    expect(kinds({ ...alone, tags: { team: 'x' } })).toEqual([]);
    expect(kinds({ ...alone, first_seen: ago(2) })).toEqual([]);
    expect(kinds(alone, { referred: new Set([alone.id]) })).toEqual([]);
  });
  test('may be a function, of which AWS tells no creation but the last deployment', () => {
    const fn = stored('lambda', { tags: {}, created_at: '', first_seen: ago(0), last_modified: ago(30) });
    expect(wasteOf(fn, settings)).toMatchObject([{ kind: 'orphaned', since: ago(30) }]);
    expect(kinds({ ...fn, last_modified: ago(2) } as StoredResource)).toEqual([]);
  });
  test("is never AWS's default, a service-linked role, or part of a stack", () => {
    expect(kinds(stored('security_group', { tags: {}, default: true }))).toEqual([]);
    expect(kinds(stored('iam_role', { tags: {}, service_linked: true }))).toEqual([]);
    expect(kinds(stored('vpc', { tags: {}, provider_owned: true }))).toEqual([]);
    expect(kinds(stored('vpc', { tags: {}, provider_owned: false }))).toEqual(['orphaned']);
    expect(kinds({ ...alone, tags: { 'aws:cloudformation:stack-name': 'x' } })).toEqual([]);
  });
});

test('a finding carries the facts that a price needs, and no price', () => {
  const [found] = wasteOf(stored('ebs', { status: 'available', size_gib: 100, volume_type: 'gp2' }), settings);
  expect(found?.facts).toEqual({ size_gib: 100, volume_type: 'gp2' });
});
