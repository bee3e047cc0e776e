import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { codeOf, messageOf } from '../errors.ts';
import { type Loaded, type LoadOptions, loadConfig } from './load.ts';
import { settings } from './settings.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'elava-config-'));
});
afterEach(() => {
  rmSync(cwd, { recursive: true });
});

function load(yaml: string | undefined, options: Omit<LoadOptions, 'cwd'> = {}): Loaded {
  if (yaml !== undefined) writeFileSync(join(cwd, 'elava.yaml'), yaml);
  return loadConfig({ cwd, env: {}, ...options });
}

/** "CODE message" of what loading throws. */
function fault(yaml: string | undefined, options: Omit<LoadOptions, 'cwd'> = {}): string {
  try {
    load(yaml, options);
  } catch (error) {
    return `${codeOf(error)} ${messageOf(error)}`;
  }
  return 'no error';
}

/** The YAML blocks of the documents that the product was asked for, as they stand there. */
const seed000 = `# elava.yaml
policy:
  enabled: true
  bundle_path: "./policies"
  hot_reload: true
  default_decision: "require_approval"

environments:
  prod:
    policies: ["security", "cost", "compliance"]
    strict_mode: true
  staging:
    policies: ["cost", "ownership"]
    strict_mode: false
  dev:
    policies: ["ownership"]
    strict_mode: false
`;
const seed001 = `# elava.yaml
providers:
  aws:
    regions:
      - us-east-1
      - us-west-2

storage:
  path: /var/lib/elava
  retention: 30d

analyzer:
  drift:
    enabled: true
    attribution: true
  waste:
    enabled: true
    idle_threshold: 7d

policies:
  enforcement_mode: notify  # monitor|notify|enforce
  path: ./policies/
`;

describe('the blocks of the seeds load as they are', () => {
  test('seed 000: policy and environments', () => {
    const { config } = load(seed000);
    expect(config.policies).toMatchObject({
      enabled: true,
      path: './policies',
      hot_reload: true,
      default_decision: 'require_approval',
    });
    expect(config.environments['prod']).toEqual({ policies: ['security', 'cost', 'compliance'], strict_mode: true });
    expect(config.environments['dev']).toEqual({ policies: ['ownership'], strict_mode: false });
    expect(config.environments['default']?.policies).toEqual(['ownership', 'waste', 'security']);
  });

  test('seed 001: providers, storage, analyzer and policies', () => {
    const { config } = load(seed001);
    expect(config.providers.aws.regions).toEqual(['us-east-1', 'us-west-2']);
    expect(config.storage).toMatchObject({ path: '/var/lib/elava', retention: 30 * 86_400_000 });
    expect(config.analyzer).toMatchObject({
      drift: { enabled: true, attribution: true },
      waste: { enabled: true, idle_threshold: 7 * 86_400_000 },
    });
    expect(config.policies).toMatchObject({ enforcement_mode: 'notify', path: './policies/' });
  });

  test('both in one file, once the two paths are alike', () => {
    expect(fault(seed000 + seed001)).toMatch(
      /^CONFIG_CONFLICT .*policies\.path .* and policy\.bundle_path|^CONFIG_CONFLICT .*policy\.bundle_path .* and policies\.path/,
    );
    expect(load(seed000 + seed001.replace('./policies/', './policies')).config.policies.path).toBe('./policies');
  });
});

describe('flag > environment > file > default', () => {
  const yaml = 'storage:\n  path: /file\n';
  const env = { ELAVA_STORAGE_PATH: '/env' };
  const flags = { 'storage.path': '/flag' };
  const pathOf = ({ config, origins }: Loaded): unknown[] => [config.storage.path, origins.get('storage.path')];

  test('each wins over those below, and the origin says which', () => {
    expect(pathOf(load(undefined))).toEqual(['./.elava', { from: 'default', where: '' }]);
    expect(pathOf(load(yaml))).toEqual(['/file', { from: 'file', where: 'elava.yaml:2:9' }]);
    expect(pathOf(load(yaml, { env }))).toEqual(['/env', { from: 'env', where: 'ELAVA_STORAGE_PATH' }]);
    expect(pathOf(load(yaml, { env, flags }))).toEqual(['/flag', { from: 'flag', where: 'storage.path' }]);
  });

  test('a flag that is not given and an empty variable are none', () => {
    expect(pathOf(load(yaml, { env: { ELAVA_STORAGE_PATH: '' }, flags: { 'storage.path': undefined } }))[0]).toBe(
      '/file',
    );
  });

  test('a wrong value is an error although a stronger one stands above it', () => {
    expect(fault('gateway:\n  port: yes\n', { flags: { 'gateway.port': 1 } })).toBe(
      'CONFIG_INVALID elava.yaml:2:9: gateway.port: must be a whole number from 0 to 65535, is "yes"',
    );
  });

  test('durations are milliseconds from every place, also within named entries', () => {
    expect(load(undefined).config.tiers['critical']?.interval).toBe(900_000);
    expect(load('tiers:\n  all: { interval: 5m }\n').config.tiers).toEqual({
      all: { types: [], accounts: [], regions: [], tags: [], status: [], interval: 300_000, tune: 2 },
    });
    expect(load(undefined, { env: { ELAVA_STORAGE_RETENTION: '7d' } }).config.storage.retention).toBe(604_800_000);
    expect(load(undefined, { flags: { 'policies.timeout': '15s' } }).config.policies.timeout).toBe(15_000);
  });

  test('the result cannot be changed by who holds it', () => {
    const { config } = load(seed001);
    expect(() => config.providers.aws.regions.push('x')).toThrow(TypeError);
  });
});

describe('the environment', () => {
  test('every setting has a name, and no two share one', () => {
    const names = settings.flatMap((setting) => setting.env);
    expect(new Set(names).size).toBe(names.length);
    expect(settings.every(({ path, env }) => env[0] === `ELAVA_${path.toUpperCase().replaceAll('.', '_')}`)).toBe(true);
  });

  test("the edge enforcer's names work as they are", () => {
    const env = {
      ENFORCER_HOST: '0.0.0.0',
      ENFORCER_PORT: '9181',
      BUNDLES_DIR: '/bundles',
      ENABLE_HOT_RELOAD: 'false',
      LOG_LEVEL: 'debug',
    };
    const { config } = load(undefined, { env });
    expect(config.gateway).toMatchObject({ host: '0.0.0.0', port: 9181 });
    expect([config.tenants.path, config.policies.hot_reload, config.log.level]).toEqual(['/bundles', false, 'debug']);
  });

  test("the edge enforcer's defaults are ours", () => {
    const { config } = load(undefined);
    expect(config.gateway).toMatchObject({ host: '127.0.0.1', port: 8181 });
    expect([config.tenants.path, config.policies.hot_reload, config.log.level]).toEqual([
      './config/tenants.d',
      true,
      'info',
    ]);
  });

  test('two names of one setting with two values are an error, with one value not', () => {
    expect(fault(undefined, { env: { LOG_LEVEL: 'debug', ELAVA_LOG_LEVEL: 'warn' } })).toMatch(
      /^CONFIG_CONFLICT ELAVA_LOG_LEVEL .* LOG_LEVEL/,
    );
    expect(load(undefined, { env: { LOG_LEVEL: 'warn', ELAVA_LOG_LEVEL: 'warn' } }).config.log.level).toBe('warn');
    expect(load(undefined, { env: { ELAVA_POLICY_BUNDLE_PATH: '/p' } }).config.policies.path).toBe('/p');
  });

  test('lists by commas or JSON, structures by JSON', () => {
    const regions = (text: string): string[] =>
      load(undefined, { env: { ELAVA_PROVIDERS_AWS_REGIONS: text } }).config.providers.aws.regions;
    expect(regions('us-east-1, eu-west-1')).toEqual(['us-east-1', 'eu-west-1']);
    expect(regions('["us-east-1"]')).toEqual(['us-east-1']);
    const accounts = JSON.stringify([{ id: '123456789012', name: 'main' }]);
    expect(
      load(undefined, { env: { ELAVA_PROVIDERS_AWS_ACCOUNTS: accounts } }).config.providers.aws.accounts[0],
    ).toEqual({
      id: '123456789012',
      name: 'main',
      role_arn: '',
      external_id: '',
      environment: '',
    });
    expect(fault(undefined, { env: { ELAVA_ENVIRONMENTS: '{' } })).toMatch(/^CONFIG_INVALID .*must be a mapping/);
  });

  test('what Kubernetes puts there for a service called elava is no setting and no warning', () => {
    const env = {
      ELAVA_SERVICE_HOST: '10.0.0.1',
      ELAVA_PORT: 'tcp://10.0.0.1:8181',
      ELAVA_GATEWAY_PORT: 'tcp://10.0.0.1:8181',
      ELAVA_PORT_8181_TCP_ADDR: '10.0.0.1',
    };
    const { config, warnings } = load(undefined, { env });
    expect([config.gateway.port, warnings]).toEqual([8181, []]);
  });

  test('a misspelt variable is a warning that names the nearest', () => {
    expect(load(undefined, { env: { ELAVA_STORAGE_PAHT: '/x' } }).warnings).toEqual([
      'unknown environment variable ELAVA_STORAGE_PAHT, did you mean ELAVA_STORAGE_PATH?',
    ]);
  });

  test('a secret is not repeated in a message', () => {
    expect(fault('storage:\n  password: [hunter2]\n')).toBe(
      'CONFIG_INVALID elava.yaml:2:13: storage.password: must be a text',
    );
  });
});

describe('the file', () => {
  test('an empty one, a commented section and no file at all are the defaults', () => {
    const { config } = load(undefined);
    expect(load('').config).toEqual(config);
    expect(load('storage:\n  # path: /x\n').config).toEqual(config);
    expect(load('storage:\n  path:\n').config).toEqual(config);
  });

  test('ELAVA_CONFIG or an option names another, which must exist', () => {
    writeFileSync(join(cwd, 'other.yaml'), 'log: { level: warn }');
    const other = load(undefined, { env: { ELAVA_CONFIG: 'other.yaml' } });
    expect([other.config.log.level, other.file]).toEqual(['warn', join(cwd, 'other.yaml')]);
    expect(load(undefined, { file: join(cwd, 'other.yaml') }).config.log.level).toBe('warn');
    expect(fault(undefined, { file: 'missing.yaml' })).toBe(
      `CONFIG_NOT_FOUND there is no file ${join(cwd, 'missing.yaml')}`,
    );
    expect(fault(undefined, { file: '.' })).toMatch(/^CONFIG_NOT_FOUND .*cannot be read/);
  });

  test.each([
    ['a broken line', 'storage:\n  path: "x\n', /^CONFIG_SYNTAX elava\.yaml:\d+:\d+: /],
    ['a tab as indentation', 'storage:\n\tpath: x\n', /^CONFIG_SYNTAX elava\.yaml:2:1: /],
    ['a key twice', 'log:\n  level: info\n  level: warn\n', /^CONFIG_SYNTAX elava\.yaml:3:3: .*unique/],
    ['an alias', 'storage: &a\n  path: x\nlog: *a\n', /^CONFIG_SYNTAX elava\.yaml:3:6: aliases/],
    [
      'an unknown key',
      'storage:\n  pth: /x\n',
      /^CONFIG_UNKNOWN_KEY elava\.yaml:2:3: unknown key storage\.pth, did you mean storage\.path\?$/,
    ],
    ['an unknown section', 'polices:\n  path: x\n', /^CONFIG_UNKNOWN_KEY elava\.yaml:1:1: .* did you mean policies\?$/],
    [
      'a key in the wrong section',
      'analyzer:\n  enforcement_mode: notify\n',
      /did you mean policies\.enforcement_mode\?/,
    ],
    [
      'an unknown key in a named entry',
      'environments:\n  prod:\n    strict: true\n',
      /^CONFIG_UNKNOWN_KEY elava\.yaml:3:5: .* did you mean environments\.prod\.strict_mode\?/,
    ],
    ['a name that is none', 'tiers:\n  Fast One: {}\n', /^CONFIG_INVALID elava\.yaml:2:3: tiers\.Fast One/],
    ['a wrong type', 'policies:\n  enabled: maybe\n', /^CONFIG_INVALID elava\.yaml:2:12: .*true or false, is "maybe"/],
    [
      'a wrong word',
      'policies:\n  default_decision: allow\n',
      /^CONFIG_INVALID elava\.yaml:2:21: .*require_approval, deny, flag/,
    ],
    ['a bare number for a duration', 'storage:\n  retention: 30\n', /^CONFIG_INVALID elava\.yaml:2:14: .*30d/],
    ['no time at all', 'policies:\n  interval: 0s\n', /^CONFIG_INVALID elava\.yaml:2:13: /],
    ['a fraction', 'gateway:\n  port: 80.5\n', /^CONFIG_INVALID elava\.yaml:2:9: /],
    ['a list where a text is wanted', 'storage:\n  path: [a]\n', /^CONFIG_INVALID elava\.yaml:2:9: .*a list/],
    [
      'a text where a section is wanted',
      'storage: here\n',
      /^CONFIG_INVALID elava\.yaml:1:10: storage must be a mapping/,
    ],
    ['a text where a list is wanted', 'nats:\n  servers: nats://x\n', /^CONFIG_INVALID elava\.yaml:2:12: .*list/],
    ['a list as the file', '- a\n', /^CONFIG_INVALID elava\.yaml:1:1: the file must be a mapping/],
    [
      'an account that is none',
      'providers:\n  aws:\n    accounts:\n      - id: 12\n',
      /^CONFIG_INVALID elava\.yaml:4:9: providers\.aws\.accounts\.0\.id/,
    ],
    ['a prototype as a key', '__proto__:\n  path: x\n', /^CONFIG_UNKNOWN_KEY elava\.yaml:1:1/],
  ])('%s is refused with its place', (_what, yaml, message) => {
    expect(fault(yaml)).toMatch(message);
  });

  test('every problem is told at once', () => {
    expect(
      fault('storage:\n  pth: x\n  retention: 3\n', { env: { ELAVA_GATEWAY_PORT: 'x' } }).split('\n'),
    ).toHaveLength(3);
  });

  test('an account keeps the zero that it begins with', () => {
    const yaml = 'providers:\n  aws:\n    accounts:\n      - id: 012345678901\n';
    expect(load(yaml).config.providers.aws.accounts[0]?.id).toBe('012345678901');
  });

  test('environments that the file leaves out stay; tiers are replaced as a whole', () => {
    const { config } = load('environments:\n  prod: { policies: [a] }\ntiers:\n  one: {}\n');
    expect(Object.keys(config.environments).toSorted()).toEqual(['default', 'dev', 'prod', 'staging']);
    expect(config.environments['prod']).toEqual({ policies: ['a'], strict_mode: false });
    expect(Object.keys(config.tiers)).toEqual(['one']);
  });

  test('an unknown flag names the nearest setting', () => {
    expect(fault(undefined, { flags: { 'storage.pat': 1 } })).toBe(
      'CONFIG_UNKNOWN_KEY flag: unknown setting storage.pat, did you mean storage.path?',
    );
  });
});

test('nothing but lib/config reads the environment', () => {
  const readers = ['bin', 'lib', 'services'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => join(folder, file))
      .filter((file) => /\bprocess\s*\.\s*env\b/.test(readFileSync(file, 'utf8'))),
  );
  expect(readers).toEqual(['lib/config/env.ts']);
});
