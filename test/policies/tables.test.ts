/** allowed.json and denied.json of each package, through the real compiler and the real pool. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../lib/config/load.ts';
import { buildBundle, type ServedBundle } from '../../services/policy/bundle.ts';
import { RegoCompiler } from '../../services/policy/compiler/compiler.ts';
import { PolicyPool } from '../../services/policy/pool.ts';
import { judgeSettings } from '../../services/policy/settings.ts';
import { readSources } from '../../services/policy/sources.ts';
import { type Case, folder, type PackageName, packages, table } from './shipped.ts';

const settings = judgeSettings(loadConfig({ env: {}, cwd: folder }).config);
const compiler = new RegoCompiler();
const pool = new PolicyPool({ threads: 1, deadlineMs: 20_000, maxQueue: 4 });
let bundle: ServedBundle;

beforeAll(async () => {
  const built = await buildBundle(compiler, await readSources(folder));
  if (!built.ok) throw new Error(JSON.stringify(built.errors));
  bundle = built.bundle;
});
afterAll(() => Promise.all([pool.close(), compiler.close()]));

async function said(name: PackageName, cases: readonly Case[]) {
  const lines = cases.map(({ input }) => `${JSON.stringify(input)}\n`).join('');
  const judgements = await pool.evaluate({ bundle, settings, lines }, [`elava.${name}`]);
  return judgements.map(({ packages: [only] }, i) => ({
    name: cases[i]?.name,
    error: only?.error,
    decision: only?.result.decision,
    rules: only?.result.policies.map((rule) => rule.slice(`elava.${name}.`.length)),
  }));
}

function asked(cases: readonly Case[]) {
  return cases.map(({ name, expect: { decision, rules } }) => ({ name, error: '', decision, rules }));
}

/** What can be said of any type of resource; all other rules are for the types that they name. */
const general = new Set([
  'flag_expired',
  'flag_stale_temporary',
  'flag_orphan',
  'flag_placeholder_owner',
  'require_approval',
  'flag_unknown_environment',

  'flag_conflicting_tags',
  'flag_untagged',
  'tag_orphan',
  'deny_classified_unencrypted',
  'deny_classified_public',
  'flag_restricted_key',
  'deny_context_rule',
  'flag_context_rule',
]);

function ofAnotherType(cases: readonly Case[]): Case[] {
  return cases.map((one) => {
    const resource = { ...(one.input['resource'] as object), type: 'something_else' };
    return { ...one, input: { ...one.input, resource } };
  });
}

describe.each(packages)('elava.%s', (name) => {
  test('says nothing of what is allowed', async () => {
    const cases = table(name, 'allowed');
    expect(cases.every(({ expect: { decision, rules } }) => decision === 'allow' && rules.length === 0)).toBe(true);
    expect(await said(name, cases)).toEqual(asked(cases));
  });

  test('says what is wrong with the rest', async () => {
    const cases = table(name, 'denied');
    expect(cases.every(({ expect: { decision } }) => decision !== 'allow')).toBe(true);
    expect(await said(name, cases)).toEqual(asked(cases));
  });

  test('says nothing of other types that happen to have the same fields', async () => {
    const heard = await said(name, ofAnotherType(table(name, 'denied')));
    expect(heard.flatMap(({ rules = [] }) => rules).filter((rule) => !general.has(rule))).toEqual([]);
  });

  test('its table has every rule', async () => {
    const spoken = new Set(table(name, 'denied').flatMap(({ expect: { rules } }) => rules));
    const built = await buildBundle(compiler, await readSources(folder));
    const rules = built.ok ? built.bundle.rules.filter((rule) => rule.package === `elava.${name}`) : [];
    expect([...spoken].sort()).toEqual(rules.map(({ rule }) => rule).sort());
  });
});
