/** What a scan could not tell must not make a rule fire: each field of a sound resource is left out once. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../lib/config/load.ts';
import { buildBundle, type ServedBundle } from '../../services/policy/bundle.ts';
import { RegoCompiler } from '../../services/policy/compiler/compiler.ts';
import { PolicyPool } from '../../services/policy/pool.ts';
import { judgeSettings } from '../../services/policy/settings.ts';
import { readSources } from '../../services/policy/sources.ts';
import { awsTypes } from '../../services/scanner/aws/resources/index.ts';
import { folder, packages } from './shipped.ts';

type Fields = Readonly<Record<string, unknown>>;
interface Input {
  readonly resource: Fields;
  readonly context: Fields;
}

const settings = judgeSettings(loadConfig({ env: {}, cwd: folder }).config);
const compiler = new RegoCompiler();
const pool = new PolicyPool({ threads: 1, deadlineMs: 20_000, maxQueue: 4 });
let bundle: ServedBundle;
let sound: Readonly<Record<string, Input>>;

/** The sound resources are those of the rules' own tests. */
beforeAll(async () => {
  const sources = await readSources(folder);
  const built = await buildBundle(compiler, sources);
  if (!built.ok) throw new Error(JSON.stringify(built.errors));
  bundle = built.bundle;
  const query = '{type: data.lib.samples.sound(type) | some type in data.lib.samples.types}';
  const samples = await compiler.eval({ files: [...sources.files, ...sources.tests], query });
  if (!samples.ok) throw new Error(JSON.stringify(samples.errors));
  sound = samples.evaluations[0]?.values[0] as typeof sound;
});
afterAll(() => Promise.all([pool.close(), compiler.close()]));

/** For each variant the rules that speak, with failures; empty when all is silence. */
async function heard(variants: Readonly<Record<string, object>>): Promise<Record<string, string[]>> {
  const lines = Object.values(variants).map((input) => `${JSON.stringify(input)}\n`);
  const policies = packages.map((name) => `elava.${name}`);
  const judgements = await pool.evaluate({ bundle, settings, lines: lines.join('') }, policies);
  const names = Object.keys(variants);
  const spoken = judgements.map((judgement, i): [string, string[]] => [
    names[i] ?? '',
    judgement.packages.flatMap(({ error, result }) => (error === '' ? result.policies : [error])),
  ]);
  return Object.fromEntries(spoken.filter(([, rules]) => rules.length > 0));
}

function without(fields: Fields, key: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
}

const types = [...awsTypes.values()].flatMap(({ shallow, type }) => (shallow ? [] : type)).sort();

test('there is a sound resource of every type', () => {
  expect(Object.keys(sound).sort()).toEqual(types);
});

test('what is wrong is heard', async () => {
  const bucket = sound['s3'] as Input;
  const open = { ...bucket, resource: { ...bucket.resource, public_read: true } };
  expect(await heard({ bucket, open })).toEqual({ open: ['elava.security.deny_public_bucket'] });
});

describe.each(types)('%s', (type) => {
  test('is silent as it is, and without any one of its fields', async () => {
    const input = sound[type] as Input;
    const fields = Object.keys(input.resource).filter((key) => key !== 'tags');
    const variants = fields.map((key) => [key, { ...input, resource: without(input.resource, key) }]);
    expect(await heard({ whole: input, ...Object.fromEntries(variants) })).toEqual({});
  });

  test('is silent without any one fact of its context', async () => {
    const input = sound[type] as Input;
    const variants = Object.keys(input.context).map((key) => [key, { ...input, context: without(input.context, key) }]);
    expect(await heard(Object.fromEntries(variants))).toEqual({});
  });

  test('without its type nothing judges it, without its environment no rule of prod does', async () => {
    const input = sound[type] as Input;
    const untold = { ...input, environment: undefined, context: without(input.context, 'environment') };
    expect(await heard({ untold })).toEqual({});
  });
});
