/** The suite of the template under the real gator, by the engine that Gatekeeper runs it with. */

import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { toolPath } from '../../scripts/k8s-substrate-build.ts';
import { cases, reviewCases } from './cases.ts';

test('gator verify passes every case', () => {
  const args = ['verify', 'deploy/gatekeeper/suite.yaml', '-v', '--enable-k8s-native-validation=false'];
  const text = execFileSync(toolPath('gator'), args, { encoding: 'utf8' });
  expect(text.match(/--- PASS: /g)?.length).toBeGreaterThanOrEqual(cases.length + reviewCases.length);
  expect(text).not.toContain('--- FAIL');
});

test('gator test finds the violations of the samples', () => {
  const manifests = [
    'template.yaml',
    'constraint.yaml',
    'samples/a-pod-without-affinity.yaml',
    'samples/a-pod-with-one-right-term.yaml',
  ];
  const args = [
    'test',
    '--output=json',
    '--enable-k8s-native-validation=false',
    ...manifests.map((file) => `--filename=deploy/gatekeeper/${file}`),
  ];
  const { stdout, status } = spawnSync(toolPath('gator'), args, { encoding: 'utf8' });
  const found = JSON.parse(stdout) as { msg: string; enforcementAction: string }[];
  expect(status).toBe(1);
  expect(found).toHaveLength(1);
  expect(found[0]?.msg).toContain('Pod without-affinity may leave eu-central-1, eu-west-1 (policy finance/finance-eu)');
});
