import { expect, test } from '@jest/globals';
import type { Attribution } from '../../lib/resource.ts';
import { patternsOf } from './patterns.ts';
import { change, now } from './testing.ts';

const days = [9, 10, 11, 12, 13].map((day) => `2026-11-${String(day).padStart(2, '0')}`);
const status = (old: string, to: string) => [{ path: 'status', old, new: to }];
const of = (pattern: string, found: ReturnType<typeof patternsOf>) => found.filter((one) => one.pattern === pattern);

test('a nightly stop and start, with the observations that it rests on', () => {
  const nights = days.flatMap((day) => [
    change('ec2', status('stopped', 'running'), { at: `${day}T07:02:00.000Z` }),
    change('ec2', status('running', 'stopped'), { at: `${day}T19:00:00.000Z` }),
  ]);
  const [found] = of('nightly', patternsOf(nights, now));
  expect(found?.text).toBe('stopped about 19:00 and started about 07:00 UTC on 5 days');
  expect(found?.observations).toHaveLength(10);
});

test('stops at any hour are no pattern', () => {
  const odd = days.flatMap((day, i) => [
    change('ec2', status('stopped', 'running'), { at: `${day}T0${i}:00:00.000Z` }),
    change('ec2', status('running', 'stopped'), { at: `${day}T1${i * 2}:00:00.000Z` }),
  ]);
  expect(of('nightly', patternsOf(odd, now))).toEqual([]);
});

test('growth counts what appeared without what went', () => {
  const made = days.flatMap((day) =>
    [0, 1].map((i) => change('ebs', [], { id: `${day}-${i}`, kind: 'appeared', at: `${day}T10:00:00.000Z` })),
  );
  expect(of('growth', patternsOf(made, now))).toMatchObject([{ text: '10 more ebs in 111111111111, on 5 days' }]);
  const gone = made.map((one) => ({ ...one, kind: 'disappeared' as const }));
  expect(of('growth', patternsOf([...made, ...gone], now))).toEqual([]);
});

test('create and forget, by actor', () => {
  const attribution = { actor: 'alice', confidence: 0.9 } as Attribution;
  const made = [1, 2, 3].map((i) =>
    change('ebs', [], { id: `v${i}`, kind: 'appeared', at: '2026-11-01T10:00:00.000Z', attribution }),
  );
  expect(of('create_and_forget', patternsOf(made, now))).toMatchObject([{ subject: 'alice', confidence: 0.85 }]);
  const touched = made.map(({ id }) => change('ebs', status('a', 'b'), { id, at: '2026-11-02T10:00:00.000Z' }));
  expect(of('create_and_forget', patternsOf([...made, ...touched], now))).toEqual([]);
});

test('resources that change together, hardly ever alone', () => {
  const both = days.flatMap((day) =>
    ['a', 'b'].map((id) => change('ec2', status('x', day), { id, at: `${day}T10:00:00.000Z` })),
  );
  expect(of('change_together', patternsOf(both, now))).toMatchObject([
    { subject: 'a', text: 'changes with b: 5 of 5 times' },
  ]);
  const alone = days.flatMap((day) =>
    [11, 12].map((hour) => change('ec2', status('x', `${day}${hour}`), { id: 'a', at: `${day}T${hour}:00:00.000Z` })),
  );
  expect(of('change_together', patternsOf([...both, ...alone], now))).toEqual([]);
});

test('how often something is deployed, and what flaps', () => {
  const deploys = days.map((day) =>
    change('lambda', [{ path: 'code_sha256', old: 'x', new: day }], { at: `${day}T10:00:00.000Z` }),
  );
  expect(of('deploy_cadence', patternsOf(deploys, now))).toMatchObject([
    { text: 'deployed 5 times, every 1.0 days in the middle' },
  ]);
  const flaps = days.map((day, i) =>
    change('ec2', [{ path: 'mode', old: i % 2, new: (i + 1) % 2 }], { at: `${day}T10:00:00.000Z` }),
  );
  expect(of('flapping', patternsOf(flaps, now))).toMatchObject([{ text: 'mode went to and fro 5 times' }]);
});
