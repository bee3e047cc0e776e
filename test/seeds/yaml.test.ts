/** Every YAML block of the seeds: an elava.yaml loads as it is, the others are documents of Kubernetes. */
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { loadConfig } from '../../lib/config/load.ts';
import { codeOf } from '../../lib/errors.ts';
import { blockNames, blockPath, blockText } from './blocks.ts';

const day = 86_400_000;
const load = (name: string) => loadConfig({ env: {}, file: blockPath(name) });

test('each block is loaded here', () => {
  const here = ['000-elava.yaml', '001-elava.yaml', '003-namespace-labels.yaml', '003-operator-pod.yaml'];
  expect(blockNames.filter((name) => name.endsWith('.yaml'))).toEqual(here);
});

test('000: policy and environments', () => {
  const { config, warnings } = load('000-elava.yaml');
  expect(config.policies).toMatchObject({
    enabled: true,
    path: './policies',
    hot_reload: true,
    default_decision: 'require_approval',
  });
  expect(config.environments).toMatchObject({
    prod: { policies: ['security', 'cost', 'compliance'], strict_mode: true },
    staging: { policies: ['cost', 'ownership'], strict_mode: false },
    dev: { policies: ['ownership'], strict_mode: false },
  });
  expect(warnings).toEqual([]);
});

test('001: providers, storage, analyzer and policies', () => {
  const { config, warnings } = load('001-elava.yaml');
  expect(config.providers.aws.regions).toEqual(['us-east-1', 'us-west-2']);
  expect(config.storage).toMatchObject({ path: '/var/lib/elava', retention: 30 * day });
  expect(config.analyzer).toMatchObject({
    drift: { enabled: true, attribution: true },
    waste: { enabled: true, idle_threshold: 7 * day },
  });
  expect(config.policies).toMatchObject({ enforcement_mode: 'notify', path: './policies/' });
  expect(warnings).toEqual([]);
});

test('003: the labels of a namespace, all of them texts', () => {
  const { metadata } = parse(blockText('003-namespace-labels.yaml')) as { metadata: { labels: object } };
  expect(metadata.labels).toEqual({
    'compliance.gov/allowed-regions': 'eu-central-1,eu-west-1',
    'compliance.gov/policy-name': 'finance-eu-policy',
    'compliance.gov/policy-namespace': 'default',
    'compliance.gov/enforcement-action': 'deny',
    'compliance.gov/updated-at': '2026-01-03T10:30:00Z',
  });
});

test('003: what is said of the operator is a list of sentences', () => {
  expect(parse(blockText('003-operator-pod.yaml'))).toEqual([
    'Non-root user (UID 1000)',
    'Read-only root filesystem',
    'Network policies (restrict egress/ingress)',
    'No privileged escalation',
  ]);
});

test('a document of Kubernetes is no elava.yaml', () => {
  let code = '';
  try {
    load('003-namespace-labels.yaml');
  } catch (error) {
    code = codeOf(error);
  }
  expect(code).toBe('CONFIG_UNKNOWN_KEY');
});
