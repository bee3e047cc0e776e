import { stringify } from 'yaml';
import { admissionPolicy } from '../../services/sovereignty/admission-policy.ts';
import { constraintTemplate } from '../../services/sovereignty/constraint-template.ts';
import type { Applied } from '../../services/sovereignty/kube/client.ts';
import { apiVersionOf, type Kind, kinds } from '../../services/sovereignty/kube/kinds.ts';
import { type Case, cases, reviewCases } from '../../test/sovereignty/cases.ts';
import { type Output, yamlHead } from './output.ts';

const folder = 'deploy/gatekeeper';
const suiteSource = 'test/sovereignty/cases.ts';

/** What the operator writes, to read or to apply by hand, and the suite for `gator verify`. */
export function gatekeeperFiles(): Output[] {
  const samples = [...cases, ...reviewCases];
  return [
    manifest('template.yaml', kinds.template, constraintTemplate()),
    manifest('admission-policy.yaml', kinds.admissionPolicy, admissionPolicy()),
    { path: `${folder}/suite.yaml`, text: yamlHead(suiteSource) + stringify(suiteOf(samples)) },
    ...samples.map((one) => ({
      path: `${folder}/samples/${fileOf(one)}`,
      text: yamlHead(suiteSource) + stringify(one.object, { aliasDuplicateObjects: false }),
    })),
  ];
}

function manifest(file: string, kind: Kind, object: Applied): Output {
  const whole = { apiVersion: apiVersionOf(kind), kind: kind.kind, ...object };
  const text = stringify(whole, { lineWidth: 0, aliasDuplicateObjects: false });
  return { path: `${folder}/${file}`, text: yamlHead('deploy/gatekeeper/geo-residency.rego') + text };
}

function fileOf({ name }: Case): string {
  return `${name.toLowerCase().replaceAll(/[^a-z]+/g, '-')}.yaml`;
}

function suiteOf(samples: readonly Case[]): object {
  return {
    apiVersion: 'test.gatekeeper.sh/v1alpha1',
    kind: 'Suite',
    metadata: { name: 'geo-residency' },
    tests: [
      {
        name: 'regions eu-central-1 and eu-west-1 for namespace finance',
        template: 'template.yaml',
        constraint: 'constraint.yaml',
        cases: samples.map((one) => ({
          name: one.name,
          object: `samples/${fileOf(one)}`,
          assertions: [
            one.faults.length === 0
              ? { violations: 'no' }
              : { violations: one.faults.length, message: 'may leave eu-central-1, eu-west-1' },
          ],
        })),
      },
    ],
  };
}
