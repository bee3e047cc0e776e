/** Every Rego block of the seeds runs as it was written, through the real compiler and the real pool. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../lib/config/load.ts';
import { buildBundle, type ServedBundle } from '../../services/policy/bundle.ts';
import { RegoCompiler } from '../../services/policy/compiler/compiler.ts';
import type { PolicyInput } from '../../services/policy/input.ts';
import type { PackageResult } from '../../services/policy/policy.contract.ts';
import { PolicyPool } from '../../services/policy/pool.ts';
import { judgeSettings } from '../../services/policy/settings.ts';
import { blockNames, blockPath, blockText, found, policyBlocks, policyText, written } from './blocks.ts';
import { type Given, inputOf } from './inputs.ts';

const joins = { ec2: [{ field: 'security_groups', ids: 'security_group_ids', type: 'security_group', take: 'rules' }] };
const { config } = loadConfig({ env: {}, file: blockPath('000-elava.yaml') });
const settings = judgeSettings(config, joins);

const compiler = new RegoCompiler();
const pool = new PolicyPool({ threads: 1, deadlineMs: 20_000, maxQueue: 4 });
let bundle: ServedBundle;

beforeAll(async () => {
  const files = policyBlocks.map((path) => ({ path, text: policyText(path) }));
  const built = await buildBundle(compiler, { files, tests: [], data: {}, errors: [] });
  if (!built.ok) throw new Error(JSON.stringify(built.errors));
  bundle = built.bundle;
});
afterAll(() => Promise.all([pool.close(), compiler.close()]));

async function judge(input: PolicyInput, policies: readonly string[] = []) {
  const [judgement] = await pool.evaluate({ bundle, settings, lines: `${JSON.stringify(input)}\n` }, policies);
  if (!judgement) throw new Error('no judgement');
  return judgement;
}

/** What one of the seeds' packages says of a resource. */
async function say(policy: string, given: Given, attribution: object = {}): Promise<PackageResult['result']> {
  const input = inputOf(given, settings);
  const judged = await judge({ ...input, attribution: { ...input.attribution, ...attribution } }, [policy]);
  const [only] = judged.packages;
  expect(only?.error).toBe('');
  return (only as PackageResult).result;
}

const silent = { decision: 'allow', reason: '', confidence: 1, policies: [], metadata: {}, actions: [] };

test('the blocks are as they were written', () => {
  expect(found()).toEqual(written);
});

test('each block is run, or said to be no policy', () => {
  expect(blockNames.filter((name) => name.endsWith('.rego'))).toEqual([...policyBlocks, '003-geo-residency.rego']);
});

test('only the call that OPA does not have is edited', () => {
  const edited = policyBlocks.filter((name) => policyText(name) !== blockText(name));
  expect(edited).toEqual(['000-ownership.rego']);
  const lines = (text: string) => text.split('\n');
  const changed = lines(policyText('000-ownership.rego')).filter(
    (line) => !blockText('000-ownership.rego').includes(line),
  );
  expect(changed).toEqual([expect.stringMatching(/^resource_age_days := /)]);
});

test('time.diff_days is refused with its place', async () => {
  const files = [{ path: '000-ownership.rego', text: blockText('000-ownership.rego') }];
  const built = await buildBundle(compiler, { files, tests: [], data: {}, errors: [] });
  const message = expect.stringContaining('time.diff_days');
  expect(built).toMatchObject({ ok: false, errors: [{ file: '000-ownership.rego', row: 16, col: 22, message }] });
});

test('the sketch of seed 003 is no Rego, and is refused with its place', async () => {
  const files = [{ path: '003-geo-residency.rego', text: blockText('003-geo-residency.rego') }];
  const checked = await compiler.check({ files });
  expect(checked).toMatchObject({ ok: false, errors: [{ code: 'rego_parse_error', file: '003-geo-residency.rego' }] });
});

describe('000 waste', () => {
  const waste = (given: Given) => say('elava.waste', given);
  const flagged = { ...silent, decision: 'flag', policies: ['elava.waste.decision'] };

  test('an instance stopped and not seen for more than 7 days', async () => {
    const stopped = { type: 'ec2', status: 'stopped', lastSeenDays: 8 };
    expect(await waste(stopped)).toMatchObject({ ...flagged, reason: expect.any(String) });
    expect(await waste({ ...stopped, lastSeenDays: 7 })).toEqual(silent);
    expect(await waste({ ...stopped, status: 'running' })).toEqual(silent);
    expect(await waste({ ...stopped, tags: { elava_blessed: 'true' } })).toEqual(silent);
  });

  test('a volume attached to nothing, older than 3 days', async () => {
    const free = { type: 'ebs', status: 'available', ageDays: 4 };
    expect(await waste(free)).toMatchObject({ decision: 'flag' });
    expect(await waste({ ...free, ageDays: 3 })).toEqual(silent);
    expect(await waste({ ...free, status: 'in-use' })).toEqual(silent);
  });

  test('a snapshot older than 90 days and not seen for 30', async () => {
    const old = { type: 'snapshot', status: 'completed', ageDays: 91, lastSeenDays: 31 };
    expect(await waste(old)).toMatchObject({ decision: 'flag' });
    expect(await waste({ ...old, ageDays: 90 })).toEqual(silent);
    expect(await waste({ ...old, lastSeenDays: 30 })).toEqual(silent);
  });
});

describe('000 security', () => {
  const security = (given: Given) => say('elava.security', given);

  test('a public bucket that nobody approved', async () => {
    const bucket = { type: 's3', fields: { public_read: true } };
    expect(await security(bucket)).toMatchObject({ decision: 'flag', policies: ['elava.security.flag_high_risk'] });
    expect(await security({ ...bucket, tags: { approved_public: 'www' } })).toEqual(silent);
    expect(await security({ ...bucket, fields: { public_read: false } })).toEqual(silent);
    expect(await security({ type: 's3' })).toEqual(silent);
  });

  test('SSH from anywhere to an instance in prod, by the rules of its groups', async () => {
    const rule = { direction: 'ingress', protocol: 'tcp', from_port: 22, to_port: 22, source: '0.0.0.0/0' };
    const open = { type: 'ec2', tags: { environment: 'production' }, groupRules: [rule] };
    const policies = ['elava.security.flag_security_group_violation'];
    expect(await security(open)).toMatchObject({ decision: 'flag', policies });
    expect(await security({ ...open, groupRules: [{ ...rule, source: '10.0.0.0/8' }] })).toEqual(silent);
    expect(await security({ ...open, groupRules: [{ ...rule, from_port: 443 }] })).toEqual(silent);
    expect(await security({ ...open, tags: { environment: 'dev' } })).toEqual(silent);
    expect(await security({ ...open, groupRules: [] })).toEqual(silent);
  });
});

describe('000 ownership', () => {
  const ownership = (given: Given) => say('elava.ownership', given);

  test('require_owner says that the owner is missing', async () => {
    for (const type of ['ec2', 'rds', 'elb', 's3']) {
      const policies = ['elava.ownership.require_owner'];
      expect(await ownership({ type, ageDays: 1 })).toMatchObject({ decision: 'flag', policies });
    }
    expect(await ownership({ type: 'ec2', ageDays: 1, tags: { elava_owner: 'payments' } })).toEqual(silent);
    expect(await ownership({ type: 'lambda', ageDays: 1 })).toEqual(silent);
  });

  test('an orphan is older than 30 days and not temporary; its age is no rule that speaks', async () => {
    const orphan = { type: 'lambda', ageDays: 31 };
    const policies = ['elava.ownership.flag_orphan'];
    expect(await ownership(orphan)).toMatchObject({ decision: 'flag', policies, metadata: {}, actions: [] });
    expect(await ownership({ ...orphan, ageDays: 30 })).toEqual(silent);
    expect(await ownership({ ...orphan, tags: { temporary: 'true' } })).toEqual(silent);
    expect(await ownership({ ...orphan, tags: { elava_owner: 'payments' } })).toEqual(silent);
  });

  test('both rules speak of an old instance without an owner', async () => {
    const policies = ['elava.ownership.flag_orphan', 'elava.ownership.require_owner'];
    expect(await ownership({ type: 'ec2' })).toMatchObject({ decision: 'flag', policies });
  });
});

describe('001 tagging', () => {
  test('tag_orphan proposes to tag it with the actor', async () => {
    const action = {
      type: 'tag',
      tags: { owner: 'ada@acme.example', elava_managed: 'true' },
      reason: 'Auto-tagged based on CloudTrail attribution',
    };
    const actor = { actor: 'ada@acme.example' };
    const said = await say('elava.tagging', { type: 'ec2' }, actor);
    expect(said).toMatchObject({ decision: 'flag', reason: action.reason, policies: ['elava.tagging.tag_orphan'] });
    expect(said.actions).toEqual([action]);
    expect(await say('elava.tagging', { type: 'ec2' })).toEqual(silent);
    expect(await say('elava.tagging', { type: 'ec2', tags: { owner: 'payments' } }, actor)).toEqual(silent);
  });

  test('in a strict environment its action needs an approval', async () => {
    const given = { type: 'ec2', tags: { environment: 'prod' } };
    const said = await say('elava.tagging', given, { actor: 'ada@acme.example' });
    expect(said).toMatchObject({ decision: 'require_approval', actions: [{ type: 'tag' }] });
  });

  test('an unencrypted production database is denied, by what metadata says', async () => {
    const database = { type: 'rds', tags: { environment: 'production', owner: 'x' }, fields: { encrypted: false } };
    expect(await say('elava.tagging', database)).toEqual({
      ...silent,
      decision: 'deny',
      reason: 'Unencrypted RDS in production is forbidden',
      policies: ['elava.tagging.deny'],
    });
    expect(await say('elava.tagging', { ...database, fields: { encrypted: true } })).toEqual(silent);
    expect(await say('elava.tagging', { ...database, tags: { environment: 'dev', owner: 'x' } })).toEqual(silent);
    expect(await say('elava.tagging', { ...database, fields: {} })).toEqual(silent);
  });
});

describe('the environments of 000', () => {
  test('dev is judged by ownership alone', async () => {
    const input = inputOf({ type: 's3', tags: { env: 'dev' }, fields: { public_read: true } }, settings);
    const judged = await judge(input);
    expect(judged.packages.map(({ policy }) => policy)).toEqual(['elava.ownership']);
    expect(judged).toMatchObject({ effect: 'warn', allowed: true, result: { decision: 'flag' } });
  });

  test('policies that prod names and nobody wrote speak with default_decision', async () => {
    const input = inputOf({ type: 's3', tags: { env: 'prod', elava_owner: 'x' } }, settings);
    const judged = await judge(input);
    expect(judged.packages.map(({ policy, error }) => [policy, error])).toEqual([
      ['elava.security', ''],
      ['elava.cost', 'POLICY_NOT_FOUND'],
      ['elava.compliance', 'POLICY_NOT_FOUND'],
    ]);
    expect(judged).toMatchObject({
      effect: 'deny',
      allowed: false,
      result: { decision: 'require_approval', actions: [] },
    });
  });
});
