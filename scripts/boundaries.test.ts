import { describe, expect, test } from '@jest/globals';
import { importsOf, rules, violations } from './boundaries.ts';
import { cyclesOf } from './boundaries-cycles.ts';

const broken = (from: string, to: string): string[] => violations([{ from, to }]);

describe('each rule forbids what it is for', () => {
  test.each([
    ['services meet at contracts', 'services/policy/pool.ts', 'services/history/diff.ts'],
    ['services meet at contracts', 'services/policy/policy.service.ts', 'services/history/history.service.ts'],
    ['services meet at contracts', 'services/policy/pool.test.ts', 'services/history/diff.ts'],
    ['services meet at contracts', 'services/policy/pool.ts', 'services/history/other.contract.ts'],
    ['lib knows no service', 'lib/resource.ts', 'services/history/history.contract.ts'],
    ['lib knows no service', 'lib/config/load.test.ts', 'bin/cli/main.ts'],
    ['the simulator knows no service', 'loadtest/aws/server.ts', 'services/scanner/aws/json.ts'],
    ['AWS stays in its folder', 'services/history/diff.ts', '@aws-sdk/client-ec2'],
    ['AWS stays in its folder', 'lib/batch.ts', '@smithy/core'],
    ['AWS stays in its folder', 'services/scanner/scan.ts', '@aws-sdk/client-s3'],
    ['AWS stays in its folder', 'bin/cli/commands/doctor.ts', '@aws-sdk/client-sts'],
    ['a provider is entered by its door', 'services/scanner/scan.ts', 'services/scanner/aws/regions.ts'],
    ['a provider is entered by its door', 'bin/cli/commands/doctor.ts', 'services/scanner/aws/provider.ts'],
    ["a provider's settings are its own", 'services/orchestrator/estate.ts', 'providers.aws'],
    ["a provider's settings are its own", 'bin/cli/commands/scan.ts', 'providers.aws'],
    ['the ends of the graph are not imported', 'services/history/diff.ts', 'bin/cli/output.ts'],
    ['the ends of the graph are not imported', 'services/history/diff.ts', 'loadtest/aws/server.ts'],
    ['no test in the product', 'services/history/diff.ts', 'services/history/diff.test.ts'],
    ['no test in the product', 'lib/time.ts', '@jest/globals'],
    ['no computed import', 'services/policy/pool.ts', ''],
  ])('%s: %s to %s', (rule, from, to) => {
    expect(broken(from, to)).toEqual(expect.arrayContaining([expect.stringContaining(rule)]));
  });

  test('every rule has a case above', () => {
    expect(Object.keys(rules)).toHaveLength(9);
  });
});

test.each([
  ['services/policy/pool.ts', 'services/policy/batch.ts'],
  ['services/policy/policy.service.ts', 'services/history/history.contract.ts'],
  ['services/scanner/aws/client.ts', '@aws-sdk/client-ec2'],
  ['services/attribution/cloudtrail.ts', '@aws-sdk/client-cloudtrail'],
  ['services/scanner/providers.ts', 'services/scanner/aws/provider.ts'],
  ['lib/config/cloud.ts', 'providers.aws'],
  ['services/scanner/scan.test.ts', 'services/scanner/aws/provider.ts'],
  ['loadtest/scan.ts', 'services/scanner/scan.ts'],
  ['services/gateway/gateway.test.ts', 'test/cluster.ts'],
  ['bin/cli/main.ts', ''],
])('%s may import %s', (from, to) => {
  expect(broken(from, to)).toEqual([]);
});

describe('imports are found however they are written', () => {
  const all = (text: string): string[] => importsOf('services/a/x.ts', text).map(({ to }) => to);
  test.each([
    ["import { a } from '../b/y.ts';", 'services/b/y.ts'],
    ["import type { A } from '../b/y.ts';", 'services/b/y.ts'],
    ["import '../b/y.ts';", 'services/b/y.ts'],
    ["export * from '../b/y.ts';", 'services/b/y.ts'],
    ["export { a } from '../b/y.ts';", 'services/b/y.ts'],
    ["const y = await import('../b/y.ts');", 'services/b/y.ts'],
    ["type Y = import('../b/y.ts').Y;", 'services/b/y.ts'],
    ['const y = await import(`../${name}/y.ts`);', ''],
    ["import { EC2Client } from '@aws-sdk/client-ec2';", '@aws-sdk/client-ec2'],
    ['const { rate } = config.providers.aws;', 'providers.aws'],
    ['const { aws } = config.providers;', 'providers.aws'],
    ['const rate = providers?.aws.rate;', 'providers.aws'],
  ])('%s', (text, to) => {
    expect(all(text)).toEqual([to]);
  });

  test('a file that cannot be read is an error, not an empty one', () => {
    expect(() => all('import {')).toThrow('services/a/x.ts');
  });
});

test('types are gone at run-time, unless something else of the file is imported', () => {
  const erased = (text: string) => importsOf('services/a/x.ts', text).map((one) => one.erased ?? false);
  expect(erased("import type { A } from './y.ts'; type B = import('./z.ts').B;")).toEqual([true, true]);
  expect(erased("export type { A } from './y.ts'; export type * from './z.ts';")).toEqual([true, true]);
  // Node leaves `import {} from './y.ts'` of it.
  expect(erased("import { type A } from './y.ts';")).toEqual([false]);
  expect(erased("import type { A } from './y.ts'; import { a } from './y.ts';")).toEqual([false]);
  expect(erased("import { a } from './y.ts'; import type { A } from './y.ts';")).toEqual([false]);
});

describe('a worker thread loads no broker', () => {
  const errors = { from: 'services/policy/evaluate.worker.ts', to: 'lib/errors.ts' };
  test('neither itself nor by what it imports: the way there is told', () => {
    expect(violations([{ from: errors.from, to: 'moleculer' }])).toHaveLength(1);
    expect(violations([errors, { from: 'lib/errors.ts', to: 'moleculer' }])).toEqual([
      'a worker thread loads the broker: services/policy/evaluate.worker.ts → lib/errors.ts → moleculer',
    ]);
  });
  test('its types it may know, and others may load it', () => {
    expect(violations([errors, { from: 'lib/errors.ts', to: 'moleculer', erased: true }])).toEqual([]);
    expect(
      violations([
        { ...errors, erased: true },
        { from: 'lib/errors.ts', to: 'moleculer' },
      ]),
    ).toEqual([]);
    expect(violations([{ from: 'lib/broker.ts', to: 'nats' }])).toEqual([]);
  });
});

describe('cycles', () => {
  const graph = (...edges: string[]) => edges.map((edge) => ({ from: edge[0] ?? '', to: edge[1] ?? '' }));
  test('none in a tree or a diamond', () => {
    expect(cyclesOf(graph('ab', 'ac', 'bd', 'cd', 'dx'))).toEqual([]);
  });
  test('two files, a long way round, and a file that imports itself', () => {
    expect(cyclesOf(graph('ab', 'ba'))).toEqual([['a', 'b', 'a']]);
    expect(cyclesOf(graph('xa', 'ab', 'bc', 'ca', 'cd'))).toEqual([['a', 'b', 'c', 'a']]);
    expect(cyclesOf(graph('aa'))).toEqual([['a', 'a']]);
  });
  test('a cycle is a violation', () => {
    expect(
      violations([
        { from: 'lib/a.ts', to: 'lib/b.ts' },
        { from: 'lib/b.ts', to: 'lib/a.ts' },
      ]),
    ).toEqual(['cycle: lib/a.ts → lib/b.ts → lib/a.ts']);
  });
});
