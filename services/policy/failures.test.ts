/** Whatever goes wrong while judging: the answer is default_decision, never allow, and nothing is proposed. */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { ServedBundle } from './bundle.ts';
import { RegoCompiler } from './compiler/compiler.ts';
import { PolicyPool } from './pool.ts';
import { bundleOf, lineOf, settings } from './testing.ts';

const compiler = new RegoCompiler();
const pool = new PolicyPool({ threads: 1, deadlineMs: 8000, maxQueue: 8 });
afterAll(() => Promise.all([pool.close(), compiler.close()]));

const proposal = 'tag_it := {"type": "tag", "tags": {}, "reason": "r"}';
const input = { resource: { type: 's3', tags: {} }, environment: 'default', context: {} };

async function judged(bundle: ServedBundle, given: object, policies: readonly string[] = ['elava.trial']) {
  const [judgement] = await pool.evaluate({ bundle, settings, lines: lineOf(given) }, policies);
  return judgement;
}

/** Never allow, and never an action, although the policy proposes one. */
async function expectFailure(bundle: ServedBundle, given: object = input, policies?: readonly string[]): Promise<void> {
  const judgement = await judged(bundle, given, policies);
  expect(judgement).toMatchObject({
    allowed: false,
    effect: 'deny',
    result: { decision: 'require_approval', actions: [] },
  });
  expect(judgement?.packages.map(({ error }) => error).filter(Boolean)).not.toEqual([]);
}

describe('a policy fails by', () => {
  test.each<[string, string]>([
    ['two values of one rule', 'decision := "flag" if input.resource\n\ndecision := "allow" if input.resource.type'],
    ['two values of one key', 'metadata[k] := v if some [k, v] in [["a", 1], ["a", 2]]'],
    ['two values of one function', 'f(x) := 1 if x\n\nf(x) := 2 if x\n\ndeny contains "x" if f(input.resource) == 1'],
    ['a decision that nobody knows', 'decision := "block"'],
    ['a decision that is no word', 'decision := 7'],
    ['a decision that is nothing', 'decision := null'],
    ['a confidence above one', 'decision := "allow"\n\nconfidence := 3'],
    ['a confidence that is no number', 'decision := "allow"\n\nconfidence := "high"'],
    [
      'never ending',
      'deny contains "x" if {\n\tsome a in numbers.range(1, 100000)\n\tsome b in numbers.range(1, 100000)\n\ta * b == -1\n}',
    ],
    [
      'taking all memory',
      'deny contains x if {\n\tsome n in numbers.range(1, 3000000)\n\tx := $"a long text that is different each time {n}"\n}',
    ],
  ])('%s', async (_, rules) => {
    await expectFailure(await bundleOf(compiler, 'trial', `${rules}\n\n${proposal}`));
  });

  test('not being there', async () => {
    await expectFailure(await bundleOf(compiler, 'trial', proposal), input, ['elava.trial', 'elava.missing']);
  });

  test('never having been loaded', async () => {
    const none: ServedBundle = {
      digest: 'none',
      module: undefined,
      data: new Uint8Array(new SharedArrayBuffer(0)),
      packages: [],
      fault: { code: 'POLICY_SYNTAX', message: 'no policies could be loaded' },
    };
    await expectFailure(none);
  });

  test('an input that is too large for its memory', async () => {
    const bundle = await bundleOf(compiler, 'trial', `deny contains "x" if input.resource.text == "y"\n\n${proposal}`);
    await expectFailure(bundle, { ...input, resource: { type: 's3', tags: {}, text: 'x'.repeat(40_000_000) } });
  });

  test('an input that is nested too deep', async () => {
    const bundle = await bundleOf(compiler, 'trial', `deny contains "x" if input.deep == 1\n\n${proposal}`);
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const lines = `{"resource":{"type":"s3","tags":{}},"environment":"default","deep":${deep}}\n`;
    const [judgement] = await pool.evaluate({ bundle, settings, lines }, ['elava.trial']);
    expect(judgement).toMatchObject({ allowed: false, result: { decision: 'require_approval', actions: [] } });
  });
});

test('a policy that is well is heard after all of that, and beside one that is not', async () => {
  const well = await bundleOf(compiler, 'trial', 'flag contains "seen"');
  expect((await judged(well, input))?.result).toMatchObject({ decision: 'flag', reason: 'seen' });
});
