import { describe, expect, test } from '@jest/globals';
import { elavaError } from '../../lib/errors.ts';
import { againIn, failureOf, obstacleOf, settledOf, statusOf } from './decide.ts';
import { refusal } from './kube/api-errors.ts';
import { actionAt, matchesPattern, type PolicySpec, type SovereignPolicy, specFault } from './sovereign-policy.ts';

const now = Date.parse('2026-11-22T10:00:00Z');
const policyWith = (spec: Partial<PolicySpec> = {}, rest: Partial<SovereignPolicy> = {}): SovereignPolicy => ({
  apiVersion: 'compliance.federated.io/v1alpha1',
  kind: 'SovereignPolicy',
  metadata: { name: 'eu', namespace: 'finance', generation: 3, ...rest.metadata },
  spec: { targetNamespace: 'finance', allowedRegions: ['eu-west-1'], ...spec },
  ...(rest.status ? { status: rest.status } : {}),
});
const fine = { namespaceExists: true, permission: { allowed: true, why: '' }, engineFault: '', standing: false };

describe('obstacleOf', () => {
  test('there is none when all is well', () => {
    expect(obstacleOf({ policy: policyWith(), ...fine })).toBeUndefined();
  });

  test.each([
    [{ policy: policyWith({ allowedRegions: [] }) }, 'InvalidSpec', 'spec.allowedRegions is empty'],
    [{ policy: policyWith({ expiryDate: 'soon' }) }, 'InvalidSpec', 'spec.expiryDate is not a date: soon'],
    [
      { policy: policyWith({ excludedNamespaces: ['fin*'] }) },
      'InvalidSpec',
      'spec.excludedNamespaces has fin*, which takes in finance',
    ],
    [{ permission: { allowed: false, why: 'no right' } }, 'NotPermitted', 'no right'],
    [{ namespaceExists: false }, 'NamespaceMissing', 'target namespace finance does not exist'],
  ])('%#: %s', (part, reason, message) => {
    const verdict = obstacleOf({ policy: policyWith(), ...fine, ...part });
    expect(verdict).toEqual({ phase: 'Failed', reason, message, constraintCreated: false, enforced: false });
    const standing = obstacleOf({ policy: policyWith(), ...fine, ...part, standing: true });
    expect(standing?.message).toBe(`${message}; what was enforced before still is`);
  });

  test('an engine that is not there yet is waited for, unless something was enforced', () => {
    const engineFault = 'no engine';
    expect(obstacleOf({ policy: policyWith(), ...fine, engineFault })).toMatchObject({ phase: 'Pending' });
    expect(obstacleOf({ policy: policyWith(), ...fine, engineFault, standing: true })).toMatchObject({
      phase: 'Failed',
    });
  });
});

describe('failureOf', () => {
  const gone = elavaError('KUBE_UNREACHABLE', 'no answer');

  test('what may pass by itself is told after the third attempt', () => {
    expect(failureOf(gone, 0)).toMatchObject({ phase: 'Pending', reason: 'Retrying', constraintCreated: false });
    expect(failureOf(gone, 1, { phase: 'Active' })).toMatchObject({ phase: 'Active' });
    expect(failureOf(gone, 2, { phase: 'Active' })).toMatchObject({ phase: 'Failed', reason: 'ConstraintFailed' });
  });

  test('a refusal is told at once, in the server’s own words', () => {
    const error = refusal('apply K8sGeoResidency', 422, {
      text: JSON.stringify({ message: 'spec.x: invalid', reason: 'Invalid' }),
    });
    expect(failureOf(error, 0)).toMatchObject({
      phase: 'Failed',
      message: 'attempt 1: KUBE_INVALID: apply K8sGeoResidency: spec.x: invalid',
    });
  });
});

describe('expiry', () => {
  const expiryDate = '2026-11-22T10:00:05Z';

  test.each([
    ['keep', 'deny'],
    ['dryrun', 'dryrun'],
    ['remove', 'none'],
    [undefined, 'deny'],
  ] as const)('onExpiry %s: %s', (onExpiry, action) => {
    const spec = { ...policyWith().spec, expiryDate, ...(onExpiry ? { onExpiry } : {}) };
    expect(actionAt(spec, now)).toBe('deny');
    expect(actionAt(spec, Date.parse(expiryDate))).toBe(action);
  });

  test('is waited for to the millisecond, and not again once it is over', () => {
    const active = settledOf(policyWith(), { enforced: true, why: '' }, now);
    expect(againIn(policyWith({ expiryDate }), active, now)).toBe(5000);
    expect(againIn(policyWith({ expiryDate }), active, now + 5000)).toBeUndefined();
    expect(againIn(policyWith(), active, now)).toBeUndefined();
  });

  test('gives the phase Expired', () => {
    const verdict = settledOf(policyWith({ expiryDate, onExpiry: 'remove' }), { enforced: false, why: '' }, now + 5000);
    expect(verdict).toMatchObject({ phase: 'Expired', constraintCreated: false, enforced: false });
  });
});

test('a right that was missing is asked for again when the answer is old, another failure waits for a change', () => {
  const again = (part: object) => {
    const verdict = obstacleOf({ policy: policyWith(), ...fine, ...part });
    return verdict && againIn(policyWith({ expiryDate: '2026-11-22T10:00:05Z' }), verdict, now);
  };
  expect(again({ permission: { allowed: false, why: 'no right' } })).toBe(300_000);
  expect(again({ namespaceExists: false })).toBeUndefined();
});

describe('statusOf', () => {
  const verdict = settledOf(policyWith(), { enforced: true, why: '' }, now);

  test('is written once: the instant alone is no reason', () => {
    const status = statusOf(policyWith(), verdict, now);
    expect(status).toMatchObject({
      phase: 'Active',
      constraintCreated: true,
      observedGeneration: 3,
      lastUpdated: '2026-11-22T10:00:00Z',
    });
    expect(statusOf(policyWith({}, { status: status! }), verdict, now + 60_000)).toBeUndefined();
  });

  test('a condition keeps the instant at which it last turned', () => {
    const first = statusOf(policyWith(), verdict, now)!;
    const changed = { ...verdict, message: 'other words' };
    const second = statusOf(policyWith({}, { status: first }), changed, now + 60_000)!;
    expect(second.conditions?.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual(
      Array.from({ length: 3 }, () => '2026-11-22T10:00:00Z'),
    );
    const failed = statusOf(policyWith({}, { status: first }), failureOf(new Error('x'), 5), now + 60_000)!;
    expect(failed.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      lastTransitionTime: '2026-11-22T10:01:00Z',
    });
  });
});

test('specFault finds nothing in a right spec', () => {
  expect(specFault(policyWith().spec)).toBeUndefined();
});

test.each([
  ['kube-*', 'kube-system', true],
  ['*-system', 'kube-system', true],
  ['*be-s*', 'kube-system', true],
  ['kube-system', 'kube-system', true],
  ['kube', 'kube-system', false],
  ['*', 'anything', true],
])('matchesPattern(%s, %s) is %s', (pattern, name, matches) => {
  expect(matchesPattern(pattern, name)).toBe(matches);
});
