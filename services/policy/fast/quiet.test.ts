/** A rule that was silent on one resource speaks on the next of its type: only what reads nothing but the type is left out. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hostBuiltins } from '../builtins/index.ts';
import { type Bundle, buildBundle } from '../bundle.ts';
import { RegoCompiler } from '../compiler/compiler.ts';
import { Evaluator } from '../evaluator.ts';

/** What a rule reads → its body; it holds for `speaking` and for nothing else here. */
const bodies: Readonly<Record<string, string>> = {
  field: 'input.resource.loud == true',
  absence: 'not input.resource.tags.owner',
  any_key: 'some key in ["x", "loud"]; input.resource[key] == true',
  any_value: 'some value in input.resource; value == "secret"',
  size: 'count(input.resource) > 3',
  whole: 'input.resource == {"type": "ec2", "loud": true, "why": "secret", "tags": {"a": "b"}}',
  member: 'input.resource in [{"type": "ec2", "loud": true, "why": "secret", "tags": {"a": "b"}}]',
  path: 'object.get(input.resource, ["tags", "a"], "") == "b"',
  text: 'contains(json.marshal(input.resource), "secret")',
  keys: '"why" in object.keys(input.resource)',
  context: 'input.context.now == "later"',
  any_part: 'some part in input; part.now == "later"',
  instant: 'time.now_ns() > 5',
  chance: 'rand.intn("a", 1000000007) == rand.intn("a", 1000000007); time.now_ns() > 5',
  helper: 'data.lib.loud(input.resource)',
  after_type: 'input.resource.type in {"ec2", "rds"}; input.resource.loud',
};
const always: Readonly<Record<string, string>> = {
  type: 'input.resource.type in {"ec2", "ebs"}',
  kind: 'is_object(input.resource); not is_array(input.resource)',
};
const never: Readonly<Record<string, string>> = {
  other_type: 'data.lib.is_database(input.resource); input.resource.loud == true',
  table: 'data.lib.sizes[input.resource.type] > 5; input.resource.loud == true',
};

const silent = { resource: { type: 'ec2', loud: false, tags: { owner: 'a' } }, context: { now: 'now' } };
const speaking = {
  resource: { type: 'ec2', loud: true, why: 'secret', tags: { a: 'b' } },
  context: { now: 'later' },
};
const lib = `package lib

loud(resource) if resource.loud == true

is_database(resource) if resource.type in {"rds", "aurora"}

sizes := {"ec2": 1, "rds": 9}
`;

const compiler = new RegoCompiler();
let bundle: Bundle;
beforeAll(async () => {
  const rules = Object.entries({ ...bodies, ...always, ...never }).map(
    ([name, body]) => `flag_${name} contains "${name}" if { ${body} }`,
  );
  const chance = 'flag_number contains $"{rand.intn("a", 1000000007)} {uuid.rfc4122("a")}"';
  const text = `package elava.q\n\n${[...rules, chance].join('\n\n')}\n`;
  const files = [
    { path: 'q.rego', text },
    { path: 'lib.rego', text: lib },
  ];
  const built = await buildBundle(compiler, { files, tests: [], data: {}, errors: [] }, { fast: true });
  if (!built.ok) throw new Error(JSON.stringify(built.errors));
  bundle = built.bundle;
});
afterAll(() => compiler.close());

const options = { builtins: hostBuiltins, memoryBytes: 1 << 26, defaultDecision: 'require_approval' as const };

/** One evaluator for all of the inputs, in this order; `quick` is the fast path, else the WebAssembly answers. */
function ask(inputs: ReadonlyArray<readonly [object, bigint]>, quick: boolean) {
  const evaluator = new Evaluator(bundle, options);
  return inputs.map(([input, nowNs]) => {
    const bytes = Buffer.from(JSON.stringify(input));
    const [said] = evaluator.judge({
      input: bytes,
      ...(quick ? { parsed: JSON.parse(String(bytes)) as object } : {}),
      nowNs,
      policies: ['elava.q'],
      strict: false,
    });
    return said;
  });
}
const rulesOf = (said: ReturnType<typeof ask>[number]) => said?.result.policies.map((name) => name.slice(13)) ?? [];

test('each speaks on the second resource, whatever the first one was', () => {
  const [first, second] = ask(
    [
      [silent, 1n],
      [speaking, 9n],
    ],
    true,
  );
  expect(rulesOf(first)).toEqual([...Object.keys(always), 'number'].sort());
  expect(rulesOf(second)).toEqual([...Object.keys({ ...bodies, ...always }), 'number'].sort());
});

describe('as the WebAssembly says it', () => {
  test('for one resource after the other', () => {
    const other = { resource: { type: 'rds', loud: true }, context: { now: 'now' } };
    const inputs = [silent, speaking, other, silent, { ...speaking, resource: { ...speaking.resource, type: 'none' } }];
    const asked = inputs.map((input, i) => [input, BigInt(i * 4)] as const);
    expect(ask(asked, true)).toEqual(ask(asked, false));
  });

  test('for resources that are none', () => {
    const resources = [null, 'ec2', ['ec2'], { type: 5 }, { type: ['ec2'] }, {}];
    const asked = [silent, ...resources.map((resource) => ({ resource })), {}, speaking].map(
      (input) => [input, 1n] as const,
    );
    expect(ask(asked, true)).toEqual(ask(asked, false));
  });
});
