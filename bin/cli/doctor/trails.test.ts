import { expect, test } from '@jest/globals';
import type { TrailCursor } from '../../../services/history/history.contract.ts';
import { checkTrails } from './trails.ts';

const read: TrailCursor = {
  source: 'lookup',
  account: '111111111111',
  region: 'eu-west-1',
  position: '',
  upto: '2026-11-20T12:00:00.000Z',
  state: 'current',
  error: '',
  detail: '',
  events: 1200,
};

test('a log that fills faster than it can be read is named with what to do, and so is one that may not be read', () => {
  const behind: TrailCursor = { ...read, region: 'us-east-1', state: 'behind', detail: 'its log fills faster' };
  const refused: TrailCursor = {
    ...read,
    region: 'sa-east-1',
    state: 'failed',
    error: 'AWS_ACCESS_DENIED',
    detail: 'no',
  };
  const checks = checkTrails([read, behind, refused]);
  expect(checks.map(({ state, of, text }) => `${state} ${of} ${text}`)).toEqual([
    'ok  1 of 3 read, 3,600 calls at the last reading',
    'warn 111111111111 us-east-1 its log fills faster',
    'warn 111111111111 sa-east-1 AWS_ACCESS_DENIED: no',
  ]);
  expect(checks[1]?.next).toContain('docs/attribution.md');
  expect(checks[2]?.next).toContain('cloudtrail:LookupEvents');
});

test('one cause in many regions does not fill the screen, and nothing read yet is no finding', () => {
  const many = Array.from(
    { length: 17 },
    (_, i): TrailCursor => ({ ...read, region: `r${i}`, state: 'failed', error: 'X' }),
  );
  const checks = checkTrails(many);
  expect(checks).toHaveLength(6);
  expect(checks.at(-1)?.text).toBe('and 12 more');
  expect(checkTrails([]).map(({ state }) => state)).toEqual(['skip']);
});
