import { afterAll, describe, expect, test } from '@jest/globals';
import { RegoCompiler } from '../compiler/compiler.ts';
import { compileRules } from './compile-rules.ts';
import { errorsOf, judgeBy } from './testing.ts';

const compiler = new RegoCompiler();
afterAll(() => compiler.close());

const storage = `name: storage
description: What buckets may be.
priority: 10
rules:
  - name: public
    effect: deny
    severity: high
    reason: "{resource.name} is open to the world"
    when:
      all:
        - {field: resource.type, equals: s3}
        - {field: resource.public_read, equals: true}
        - not: {field: 'resource.tags["data-class"]', equals: public}
  - name: unowned
    effect: warn
    when:
      - field: resource.type
        equals: s3
      - any:
          - {field: resource.tags.owner, exists: false}
          - {field: resource.tags.team, exists: false}
  - {name: old, effect: audit, priority: 5, when: {field: resource.created_at, older_than: 365d}}
`;
const judge = async (texts: Record<string, string>, resource: object) => {
  const [found] = await judgeBy(compiler, texts, [{ resource }]);
  return found;
};

describe('which rule decides', () => {
  const decide = (resource: object) => judge({ 'storage.policy.yaml': storage }, resource);

  test('deny, with its words, its policy and its rule', async () => {
    const found = await decide({ type: 's3', name: 'b', public_read: true, tags: { owner: 'a', team: 'b' } });
    expect(found).toMatchObject({ policy: 'elava.rules', effect: 'deny', error: '' });
    expect(found?.result).toMatchObject({ decision: 'deny', reason: 'b is open to the world' });
    expect(found?.result.metadata).toEqual({ matched_policy: 'storage', matched_rule: 'public', severity: 'high' });
  });

  test('a condition that is negated', async () => {
    const tags = { 'data-class': 'public', owner: 'a', team: 'b' };
    expect(await decide({ type: 's3', name: 'b', public_read: true, tags })).toMatchObject({ effect: 'allow' });
  });

  test('warn, by one of several conditions', async () => {
    const found = await decide({ type: 's3', name: 'b', tags: { owner: 'a' } });
    expect(found).toMatchObject({ effect: 'warn', result: { metadata: { matched_rule: 'unowned' } } });
  });

  test('a rule of a higher priority is asked first', async () => {
    const found = await decide({ type: 's3', public_read: true, tags: {}, created_at: '2024-01-01T00:00:00Z' });
    expect(found).toMatchObject({ effect: 'audit', result: { metadata: { matched_rule: 'old' } } });
  });

  test('where none matches nothing is named', async () => {
    const found = await decide({ type: 'ec2', tags: {} });
    expect(found).toMatchObject({ effect: 'allow', result: { decision: 'allow', policies: [], metadata: {} } });
  });

  test('words that name a field that is not there still speak', async () => {
    const found = await decide({ type: 's3', public_read: true, tags: {} });
    expect(found?.result).toMatchObject({ decision: 'deny', reason: '<undefined> is open to the world' });
  });
});

describe('several policies of a package', () => {
  const exception = (more: string) => `name: exception
${more}
rules:
  - {name: sandbox, effect: allow, reason: a sandbox, when: {field: resource.tags.env, equals: sandbox}}
`;
  const resource = { type: 's3', name: 'b', public_read: true, tags: { env: 'sandbox', owner: 'a' } };
  const both = (more: string) => judge({ 'a.policy.yaml': storage, 'b.policy.yaml': exception(more) }, resource);

  test('the one of the highest priority decides', async () => {
    expect(await both('priority: 20')).toMatchObject({ effect: 'allow', result: { reason: 'a sandbox' } });
    expect(await both('priority: 1')).toMatchObject({ effect: 'deny' });
  });

  test('one that is not enabled is silent', async () => {
    expect(await both('priority: 20\nenabled: false')).toMatchObject({ effect: 'deny' });
  });

  test('the default effect speaks where no rule matches', async () => {
    const texts = { 'a.policy.yaml': storage, 'b.policy.yaml': exception('default_effect: deny') };
    const found = await judge(texts, { type: 'ec2', tags: {} });
    expect(found).toMatchObject({ effect: 'deny', result: { decision: 'deny', metadata: {} } });
  });

  test('a package of which every policy is disabled has its default', async () => {
    const found = await judge({ 'b.policy.yaml': exception('enabled: false\ndefault_effect: warn') }, resource);
    expect(found).toMatchObject({ effect: 'warn', error: '' });
  });
});

test('any element of a list, and only one and the same', async () => {
  const text = `name: ports
rules:
  - {name: high, effect: deny, when: {field: "resource.rules[*].port", greater_than: 1000}}
  - {name: none, effect: warn, when: {field: "resource.rules[*].port", not_equals: 22}}
`;
  const effects = await judgeBy(
    compiler,
    { 'a.policy.yaml': text },
    [
      [{ port: 22 }, { port: 2000 }],
      [{ port: 22 }, { port: 80 }],
      [{ port: 80 }],
      [{ port: '2000' }, { port: 22 }],
    ].map((rules) => ({ resource: { rules } })),
  );
  expect(effects.map(({ effect }) => effect)).toEqual(['deny', 'allow', 'warn', 'allow']);
});

test('text that Rego would read as something else stays text', async () => {
  const odd = 'a"b\\{c} $ {{x}} é';
  const text = `name: odd\nrules:\n  - {name: r, effect: deny, reason: ${JSON.stringify(`${odd.replace('{c}', '').replace('{{x}}', '')}{resource.v}`)}, when: {field: resource.v, equals: ${JSON.stringify(odd)}}}\n`;
  const found = await judge({ 'a.policy.yaml': text }, { v: odd });
  expect(found?.result.reason).toBe(`a"b\\ $  é${odd}`);
});

test('the same files give the same Rego, rules at their own lines', () => {
  const files = [{ path: 'storage.policy.yaml', text: storage }];
  const { files: first } = compileRules(files);
  expect(compileRules(files)).toEqual({ files: first, errors: [] });
  const lines = first[0]?.text.split('\n') ?? [];
  const rows = ['match_storage__public if', 'match_storage__unowned if'].map(
    (start) => lines.findIndex((line) => line.startsWith(start)) + 1,
  );
  expect(rows).toEqual([8, 17]);
  expect(lines[11]).toContain('input.resource.public_read == true');
});

describe('what is wrong with a file', () => {
  const cases: ReadonlyArray<readonly [string, string, string]> = [
    ['no YAML', 'name: [', 'x.policy.yaml:1:8: Flow sequence in block collection'],
    [
      'a key that does not exist',
      'name: a\nruels: []\nrules: []',
      '2:1: a rule policy has no "ruels"; did you mean rules?',
    ],
    ['no name', 'rules: []', '1:1: a rule policy has a name'],
    ['no rules', 'name: a', '1:1: a rule policy has rules'],
    ['an effect that does not exist', rule('effect: block'), '3:23: effect is one of allow, deny, warn, audit'],
    ['no effect', rule('priority: 1'), '3:5: a rule has an effect: allow, deny, warn, audit'],
    [
      'an operator that does not exist',
      rule('effect: deny, when: {field: a, equal: 1}'),
      '3:46: a condition has no "equal"; did you mean equals?',
    ],
    ['no operator', rule('effect: deny, when: {field: a}'), '3:35: a condition has an operator: equals,'],
    ['a field that is none', rule('effect: deny, when: {field: "a..b", equals: 1}'), '3:43: field is no name'],
    [
      'a pattern that is none',
      rule('effect: deny, when: {field: a, matches: "("}'),
      '3:55: matches: it is no regular expression',
    ],
    ['an operand of the wrong type', rule('effect: deny, when: {field: a, in: x}'), '3:50: in: it takes a list'],
    [
      'a time that is none',
      rule('effect: deny, when: {field: a, older_than: 3}'),
      '3:58: older_than: it takes a time such as',
    ],
    ['an empty group', rule('effect: deny, when: {any: []}'), '3:41: any has no conditions'],
    ['two groups in one', rule('effect: deny, when: {any: [], all: []}'), '3:35: all stands alone'],
    ['a reason that names no field', rule('effect: deny, reason: "{a b}"'), '3:37: {a b} names no single field'],
    ['a package that is none', 'name: a\npackage: "x-y"\nrules: []', '2:10: package "elava.x-y" is no name'],
    ['a priority that is none', 'name: a\npriority: high\nrules: []', '2:11: priority is a whole number'],
    [
      'a rule twice',
      'name: a\nrules:\n  - {name: x, effect: deny}\n  - {name: x, effect: deny}',
      '3:3: the rule x is there twice',
    ],
  ];
  function rule(text: string): string {
    return `name: a\nrules:\n  - {name: x, ${text}}\n`;
  }
  test.each(cases)('%s', (_, text, error) => {
    expect(errorsOf({ 'x.policy.yaml': text }).join('\n')).toContain(error);
  });

  test('two files that do not agree', () => {
    const one = (more: string) => `name: a\n${more}\nrules: []\n`;
    expect(
      errorsOf({ 'x.policy.yaml': one('default_effect: deny'), 'y.policy.yaml': one('default_effect: warn') }),
    ).toEqual([
      'y.policy.yaml:1:1: x.policy.yaml has a policy named a already',
      'y.policy.yaml:1:1: another file says that elava.rules defaults to deny',
    ]);
  });

  test('names that Rego cannot tell apart', () => {
    const text = 'name: a\nrules:\n  - {name: x-y, effect: deny}\n  - {name: x_y, effect: deny}\n';
    expect(errorsOf({ 'x.policy.yaml': text })).toEqual([
      'x.policy.yaml:4:5: x_y cannot be told from a/x-y: only letters and digits count',
    ]);
  });
});
