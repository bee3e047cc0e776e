import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from '@jest/globals';
import type { Exemption } from '../../history/history.contract.ts';
import { hostBuiltins } from '../builtins/index.ts';
import { buildBundle } from '../bundle.ts';
import { RegoCompiler } from '../compiler/compiler.ts';
import { Evaluator } from '../evaluator.ts';
import { judgeLines } from '../judge-lines.ts';
import { errorsOf } from '../rules/testing.ts';
import { sourcesOf } from '../sources.ts';
import { Progress } from '../tasks.ts';

const compiler = new RegoCompiler();
afterAll(() => compiler.close());

const at = '2026-11-20T12:00:00.000Z';
const settings = {
  environments: { default: { policies: ['elava.a'], strict: false } },
  accounts: {},
  tags: [],
  defaultDecision: 'require_approval',
  joins: {},
  memoryBytes: 64 * 1024 * 1024,
} as const;
const resource = { id: 'arn:1', provider: 'aws', account: '1', region: 'r', type: 's3', name: 'n', status: '' };
const row = {
  resource: { ...resource, tags: {}, created_at: '', refs: [], metadata: {} },
  revision: '1',
  history: [],
  facts: { first_seen: at, last_seen: at, state_since: at, changes: 0, window_days: 1, coverage: 'complete' },
  related: {},
  last: {},
};
const exemption: Exemption = {
  id: 'ex-1',
  resource: 'arn:*',
  rule: 'a',
  reason: 'r',
  owner: 'o',
  approver: 'p',
  created_at: at,
  expires_at: '2026-12-01T00:00:00.000Z',
};

async function judge(text: string, exemptions: readonly Exemption[], last: Record<string, string> = {}) {
  const built = await buildBundle(compiler, sourcesOf([{ path: 'a.rego', text: `package elava.a\n\n${text}\n` }]));
  if (!built.ok) throw new Error(built.errors[0]?.message);
  const { memoryBytes, defaultDecision } = settings;
  const evaluator = new Evaluator(built.bundle, { builtins: hostBuiltins, memoryBytes, defaultDecision });
  const progress = new Int32Array(new SharedArrayBuffer(4 * Progress.cells));
  const lines = `${JSON.stringify({ ...row, last })}\n`;
  const task = {
    kind: 'judge',
    at,
    bundle: built.bundle,
    settings,
    lines,
    progress,
    culprits: [],
    exemptions,
  } as const;
  return judgeLines(task, evaluator).evaluations;
}

test('a result is stored as allow, with what it would have been', async () => {
  const [stored] = await judge('deny contains "no" if input.resource.type == "s3"', [exemption]);
  expect(stored).toMatchObject({ effect: 'allow', result: { decision: 'allow', exempt: ['ex-1'], would: 'deny' } });
});

test('it is stored anew when the exemption comes and when it goes', async () => {
  const policy = 'deny contains "no" if input.resource.type == "s3"';
  const [denied] = await judge(policy, []);
  const [exempt] = await judge(policy, [exemption], { 'elava.a': denied?.hash ?? '' });
  expect(exempt?.result.decision).toBe('allow');
  expect(await judge(policy, [exemption], { 'elava.a': exempt?.hash ?? '' })).toEqual([]);
  const [again] = await judge(policy, [], { 'elava.a': exempt?.hash ?? '' });
  expect(again?.result.decision).toBe('deny');
});

test('a policy that fails is not exempt', async () => {
  const [stored] = await judge('decision := 3', [{ ...exemption, rule: '*' }]);
  expect(stored).toMatchObject({ error: 'POLICY_RESULT', result: { decision: 'require_approval' } });
  expect(stored?.result).not.toHaveProperty('exempt');
});

test('the rule policy of the documentation compiles', async () => {
  const text = await readFile(new URL('../../../docs/policies.md', import.meta.url), 'utf8');
  const example = /```yaml\n(name: storage[\s\S]*?)```/.exec(text)?.[1] ?? '';
  expect(example).toContain('rules:');
  expect(errorsOf({ 'storage.policy.yaml': example })).toEqual([]);
});
