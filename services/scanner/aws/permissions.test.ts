import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { callerPolicy, readPolicy } from './permissions.ts';
import { awsTypes } from './resources/index.ts';

const types = [...awsTypes.values()];
/** What IAM takes as a managed policy, white space not counted. */
const MAX_POLICY = 6144;

describe('the policy of the role that reads', () => {
  const policy = readPolicy(types);
  const actions = policy.Statement.flatMap(({ Action }) => Action);

  test('allows every call that a type declares, and each once', () => {
    for (const { actions: declared } of types) expect(actions).toEqual(expect.arrayContaining([...declared]));
    expect(new Set(actions).size).toBe(actions.length);
  });

  test('allows nothing but reading, and no secret', () => {
    for (const action of actions) expect(action).toMatch(/^[a-z0-9-]+:(Describe|List|Get|Lookup)[A-Za-z0-9]+$/);
    // What would hand out data or secrets rather than configuration.
    expect(
      actions.filter((action) => /GetObject|GetSecret|GetParameter|GetFunction$|Receive|GetItem|Select/.test(action)),
    ).toEqual([]);
  });

  test('is such as IAM takes', () => {
    expect(JSON.stringify(policy).length).toBeLessThanOrEqual(MAX_POLICY);
    const sids = policy.Statement.map(({ Sid }) => Sid);
    expect(new Set(sids).size).toBe(sids.length);
    for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
  });
});

test('whoever runs Elava may assume that role in any account, and no other one', () => {
  const [, assume] = callerPolicy('elava-read').Statement;
  expect(assume).toMatchObject({ Action: ['sts:AssumeRole'], Resource: 'arn:*:iam::*:role/elava-read' });
});

test('no call of the provider itself is forgotten', async () => {
  const folder = import.meta.dirname;
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  const calls = texts.flatMap((text) => [...text.matchAll(/\['([a-z0-9]+)', '([A-Z]\w+)'\]/g)]);
  const called = calls.map(([, service, operation]) => `${service}:${operation}`);
  const allowed = [readPolicy(types), callerPolicy('r')].flatMap(({ Statement }) => Statement.flatMap((s) => s.Action));
  // Who one is may always be asked.
  const known = [...allowed, 'sts:GetCallerIdentity'];
  expect(called.length).toBeGreaterThan(3);
  expect(known).toEqual(expect.arrayContaining(called));
});

/** Seed 001, "IAM permissions". */
const seed = [
  'ec2:Describe*',
  'rds:Describe*',
  's3:List*',
  's3:GetBucketTagging',
  'lambda:List*',
  'eks:List*',
  'eks:Describe*',
  'elasticloadbalancing:Describe*',
  'autoscaling:Describe*',
  'kms:List*',
  'kms:Describe*',
];
const allowed = (action: string): boolean =>
  seed.some((one) => (one.endsWith('*') ? action.startsWith(one.slice(0, -1)) : action === one));
const actionsOf = (service: string) =>
  types.filter((type) => type.service === service && !type.shallow).flatMap(({ actions }) => actions);

test('what seed 001 allows is enough for EC2, RDS, functions, clusters, load balancers and scaling groups', () => {
  const services = ['ec2', 'rds', 'lambda', 'eks', 'elasticloadbalancing', 'autoscaling'];
  const actions = services.flatMap(actionsOf);
  expect(actions.filter((action) => !allowed(action))).toEqual([]);
  // And each of its words is needed.
  const needed = seed.filter((one) => services.includes(one.split(':')[0] ?? ''));
  for (const one of needed) expect(actions.some((action) => action.startsWith(one.replace('*', '')))).toBe(true);
});

test('buckets and keys need more than seed 001 allows: how they are encrypted, opened and renewed', () => {
  const actions = [...actionsOf('s3'), ...actionsOf('kms')];
  const needed = seed.filter((one) => /^(s3|kms):/.test(one));
  for (const one of needed) expect(actions.some((action) => action.startsWith(one.replace('*', '')))).toBe(true);
  expect(actions.filter((action) => !allowed(action))).toEqual(
    expect.arrayContaining(['s3:GetEncryptionConfiguration', 's3:GetBucketPolicyStatus', 'kms:GetKeyRotationStatus']),
  );
});
