/** The pure decisions beside the machine: modes, canary, brakes, protections, approvals, fingerprints, signatures. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Resource } from '../../lib/resource.ts';
import { countingApprovals, neededApprovals } from './approvals.ts';
import { allowedOf, brake } from './brakes.ts';
import { haltOf, inCanary, type Outcome } from './canary.ts';
import { fingerprintOf } from './fingerprint.ts';
import { modeOf } from './modes.ts';
import { protectionsOf } from './protections.ts';
import type { Plan } from './reconciler.schema.ts';
import { checkPlan, readLink, signPlan, writeLink } from './signature.ts';

const DAY = 86_400_000;

describe('modes', () => {
  const rule = { policies: [], environments: [], accounts: [] };
  const rules = [
    { ...rule, policies: ['tagging'], environments: ['dev'], mode: 'enforce' as const },
    { ...rule, accounts: ['1'], mode: 'monitor' as const },
  ];
  const place = { policy: 'elava.tagging', environment: 'dev', account: '1' };
  test('the first rule that fits counts, else the default', () => {
    expect(modeOf(place, rules, 'notify')).toBe('enforce');
    expect(modeOf({ ...place, environment: 'prod' }, rules, 'notify')).toBe('monitor');
    expect(modeOf({ ...place, environment: 'prod', account: '2' }, rules, 'notify')).toBe('notify');
  });
});

describe('canary', () => {
  test('is stable, a larger share holds the smaller one, and its size is about the share', () => {
    const ids = Array.from({ length: 4000 }, (_, i) => `arn:${i}`);
    const few = ids.filter((id) => inCanary('elava.tagging', id, 0.05));
    expect(few.filter((id) => !inCanary('elava.tagging', id, 0.2))).toEqual([]);
    expect(few.length).toBeGreaterThan(140);
    expect(few.length).toBeLessThan(260);
    expect(ids.every((id) => inCanary('p', id, 1))).toBe(true);
  });

  const limits = { objections: 2, rate: 3 };
  const outcome = (kind: Outcome['kind'], at: number): Outcome => ({ kind, at });
  test.each<[string, Outcome[], string | undefined]>([
    ['nothing happened', [], undefined],
    ['one failed', [outcome('done', 1), outcome('failed', 2)], '1 of its actions failed or had no effect'],
    ['one objection', [outcome('objected', 1)], undefined],
    ['two objections', [outcome('objected', 1), outcome('objected', 2)], '2 owners objected'],
  ])('%s', (_, outcomes, reason) => {
    expect(haltOf(outcomes, 10, limits)).toBe(reason);
  });
  test('a rate that is out of line', () => {
    const now = 20 * DAY;
    const usual = Array.from({ length: 28 }, (_, i) => outcome('done', now - DAY - (i * 6 + 1) * 3_600_000));
    const today = (count: number) => [...usual, ...Array.from({ length: count }, () => outcome('done', now - 1))];
    expect(haltOf(today(12), now, limits)).toBeUndefined();
    expect(haltOf(today(13), now, limits)).toBe('13 actions in a day, where 4.0 are usual');
  });
});

describe('brakes', () => {
  const limits = { count: 20, share: 0.1 };
  const item = { policy: 'p', account: '1', type: 'ec2' };
  const stopped = (count: number, population: number, done = 0) =>
    brake(
      Array.from({ length: count }, () => item),
      { population: () => population, done: new Map([['p 1/ec2', done]]) },
      limits,
    );

  test('one more than allowed stops the whole group', () => {
    expect(stopped(20, 500).size).toBe(0);
    expect([...stopped(21, 500)]).toEqual([['p 1/ec2', 'p 1/ec2: 21 of 500 are more than the 20 of one run']]);
    expect(stopped(10, 100).size).toBe(0);
    expect(stopped(11, 100).size).toBe(1);
  });
  test('what the plan did before counts', () => expect(stopped(1, 500, 20).size).toBe(1));
  test('one of a small group is allowed', () => expect([stopped(1, 3).size, stopped(2, 3).size]).toEqual([0, 1]));
  test('never more than the count nor the share, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.nat(3000), (asked, population) => {
        const goes = stopped(asked, population).size === 0 ? asked : 0;
        expect(goes).toBeLessThanOrEqual(allowedOf(population, limits));
      }),
      { numRuns: 200 },
    );
  });
});

describe('protections', () => {
  const kinds = ['blessed', 'production', 'recent', 'referenced'];
  const subject = { tags: {}, environment: 'dev', changedAt: 0, referrers: [] };
  const found = (changes: object, cost: 'reversible' | 'recoverable' | 'destructive' = 'recoverable', of = kinds) =>
    protectionsOf({ ...subject, ...changes }, { kinds: of, quietMs: DAY, now: 10 * DAY, cost });

  test.each([
    [{ tags: { elava_blessed: 'true' } }, 'blessed'],
    [{ tags: { 'elava:blessed': 'because' } }, 'blessed'],
    [{ environment: 'prod' }, 'production'],
    [{ changedAt: 9.5 * DAY }, 'changed lately'],
    [{ referrers: ['arn:asg'] }, 'refers to it'],
  ])('%j', (changes, word) => {
    expect(found(changes).join()).toContain(word);
  });
  test('what is put back at once is stopped by a blessing alone', () => {
    const all = { tags: { elava_blessed: 'yes' }, environment: 'prod', changedAt: 9.9 * DAY, referrers: ['x'] };
    expect(found(all, 'reversible')).toHaveLength(1);
    expect(found(all)).toHaveLength(4);
    expect(found(all, 'destructive', ['recent'])).toHaveLength(1);
  });
  test('a blessing that says no is none', () => expect(found({ tags: { elava_blessed: 'false' } })).toEqual([]));
});

describe('approvals', () => {
  const weighed = { cost: 'reversible' as const, environment: 'dev', decision: 'flag', strict: false };
  test.each([
    [{}, 0],
    [{ decision: 'require_approval' }, 1],
    [{ strict: true }, 1],
    [{ cost: 'recoverable' as const }, 1],
    [{ cost: 'destructive' as const }, 1],
    [{ cost: 'destructive' as const, environment: 'prod' }, 2],
  ])('%j needs %i', (changes, count) => {
    expect(neededApprovals({ ...weighed, ...changes }, true)).toBe(count);
  });
  test('what interrupts may be let off, what destroys never', () => {
    expect(neededApprovals({ ...weighed, cost: 'recoverable' }, false)).toBe(0);
    expect(neededApprovals({ ...weighed, cost: 'destructive' }, false)).toBe(1);
  });
  test('count people, not words', () => {
    const given = ['bob', 'Bob ', 'ADA', 'cleo'].map((by) => ({ by, until: 10 }));
    expect(countingApprovals([...given, { by: 'dan', until: 5 }], 'ada', 5)).toEqual(['bob', 'cleo']);
  });
});

describe('a fingerprint', () => {
  const resource: Resource = {
    id: 'a',
    provider: 'aws',
    account: '1',
    region: 'r',
    type: 'ebs',
    name: 'n',
    status: 'available',
    tags: { team: 'x' },
    created_at: '',
    refs: [],
    metadata: { Size: 8, used: 'today' },
  };
  const of = (changes: object) => fingerprintOf({ ...resource, ...changes }, { volatile: ['used'] });

  test("is the same for the same content, with Elava's marks or what the memory adds", () => {
    expect(of({ tags: { elava_due: 'soon', team: 'x', elava_item: 'i' } })).toBe(of({}));
    expect(of({ revision: '7', last_seen: 'now', state_since: 'then' })).toBe(of({}));
    expect(of({ metadata: { used: 'never', Size: 8 } })).toBe(of({}));
  });
  test.each([
    { status: 'in-use' },
    { tags: { team: 'y' } },
    { tags: { team: 'x', new: '' } },
    { metadata: { Size: 9 } },
    { refs: ['b'] },
  ])('is another for %j', (changes) => expect(of(changes)).not.toBe(of({})));
});

describe('signatures', () => {
  const key = Buffer.alloc(32, 1);
  const plan = { id: 'p-1', by: 'ada', created_at: 'a', expires_at: 'b', bundle: '', items: [], refused: [] };
  const link = { item: 'p-1-1', verb: 'approve' as const, person: 'bob', expires: 100, nonce: 'n' };

  test('a plan is taken as it was signed, and not with any other word in it', () => {
    const signed = signPlan(plan, key);
    checkPlan(JSON.parse(JSON.stringify(signed)) as Plan, key);
    for (const changed of [{ by: 'eve' }, { expires_at: 'c' }, { signature: 'x' }, { signature: '' }]) {
      expect(() => checkPlan({ ...signed, ...changed }, key)).toThrow('does not fit');
    }
    expect(() => checkPlan(signed, Buffer.alloc(32, 2))).toThrow('does not fit');
  });
  test('a link says what it said, until it ends', () => {
    const token = writeLink(link, key);
    expect(readLink(token, key, 99)).toEqual(link);
    expect(() => readLink(token, key, 100)).toThrow('the link ended');
    const [text = '', signature] = token.split('.');
    const other = Buffer.from(JSON.stringify({ ...link, person: 'eve' })).toString('base64url');
    for (const wrong of [
      `${other}.${signature}`,
      text,
      `${text}.`,
      '',
      'a.b',
      `${text}.${signPlan(plan, key).signature}`,
    ]) {
      expect(() => readLink(wrong, key, 0)).toThrow('the link is not one of ours');
    }
  });
});
