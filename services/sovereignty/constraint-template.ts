/** The ConstraintTemplate that carries our Rego into Gatekeeper. */
import { readFileSync } from 'node:fs';
import { MANAGED_BY } from './enforcement.ts';
import type { Applied } from './kube/client.ts';

const source = new URL('../../deploy/gatekeeper/geo-residency.rego', import.meta.url);

const strings = { type: 'array', items: { type: 'string' } };

export function geoResidencyRego(): string {
  return readFileSync(source, 'utf8');
}

/** Gatekeeper makes the kind K8sGeoResidency of it. Comments are left out: they are no use in the cluster. */
export function constraintTemplate(rego: string = geoResidencyRego()): Applied {
  return {
    metadata: { name: 'k8sgeoresidency', labels: MANAGED_BY },
    spec: {
      crd: {
        spec: {
          names: { kind: 'K8sGeoResidency' },
          validation: {
            openAPIV3Schema: {
              type: 'object',
              required: ['policy', 'namespace', 'allowedRegions'],
              properties: {
                policy: { type: 'string' },
                namespace: { type: 'string' },
                allowedRegions: { ...strings, minItems: 1 },
                daemonSetControllers: strings,
              },
            },
          },
        },
      },
      targets: [
        {
          target: 'admission.k8s.gatekeeper.sh',
          code: [{ engine: 'Rego', source: { version: 'v1', rego: withoutComments(rego) } }],
        },
      ],
    },
  };
}

function withoutComments(rego: string): string {
  return `${rego
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .trim()}\n`;
}
