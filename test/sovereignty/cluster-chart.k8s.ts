/** The chart of the cluster (deploy/helm/elava): valid for a real API server, and admitted where only restricted pods are. */
import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { toolPath } from '../../scripts/k8s-substrate-build.ts';
import type { KubeClient } from '../../services/sovereignty/kube/client.ts';
import { kinds } from '../../services/sovereignty/kube/kinds.ts';
import type { KubeObject } from '../../services/sovereignty/kube/objects.ts';
import { freshNamespace, refusalOf, substrate } from './harness.ts';
import { applyObject } from './objects.ts';
import { clientFor } from './substrate/substrate.ts';

type Rendered = KubeObject & { readonly [key: string]: any };

function render(namespace: string, ...sets: string[]): Rendered[] {
  const args = ['template', 'elava', 'deploy/helm/elava', '-n', namespace, '--kube-version', '1.36.3'];
  const text = execFileSync(toolPath('helm'), [...args, ...sets.flatMap((one) => ['--set', one])], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Rendered)
    .filter((one) => one !== null);
}

let admin: KubeClient;
let namespace: string;
beforeAll(async () => {
  admin = await clientFor(substrate().main);
  // At once: the API server's copy of a namespace that is labelled later has no label for a moment.
  namespace = await freshNamespace(admin, 'elava', { 'pod-security.kubernetes.io/enforce': 'restricted' });
});

describe('the chart of the cluster', () => {
  test('every object is one that the API server takes', async () => {
    const objects = render(namespace, 'networkPolicy.from.team=platform', 'secretName=elava');
    expect(objects.length).toBeGreaterThan(15);
    for (const object of objects) {
      const { kind, metadata } = object;
      expect([kind, metadata.name, await refusalOf(applyObject(admin, object))]).toEqual([kind, metadata.name, '']);
    }
  });

  test('its pods are admitted under restricted Pod Security, and one that drops a guard is not', async () => {
    const templates = render(namespace).filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
    expect(templates.map(({ metadata }) => metadata.name).toSorted()).toEqual([
      'elava-gateway',
      'elava-history',
      'elava-nats',
      'elava-orchestrator',
      'elava-policy',
      'elava-scanner',
      'elava-store',
    ]);
    for (const { metadata, spec } of templates) {
      // The claims of a StatefulSet are made by its controller.
      const volumes = [
        ...spec.template.spec.volumes,
        ...(spec.volumeClaimTemplates ? [{ name: 'data', emptyDir: {} }] : []),
      ];
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `${metadata.name}-probe`, namespace },
        spec: { ...spec.template.spec, serviceAccountName: 'elava', volumes },
      };
      expect([metadata.name, await refusalOf(admin.create(kinds.pod, pod as never))]).toEqual([metadata.name, '']);
      const [container] = pod.spec.containers;
      const careless = {
        ...container,
        securityContext: { ...container.securityContext, allowPrivilegeEscalation: true },
      };
      const unsafe = {
        ...pod,
        metadata: { ...pod.metadata, name: 'unsafe' },
        spec: { ...pod.spec, containers: [careless] },
      };
      expect(await refusalOf(admin.create(kinds.pod, unsafe as never))).toContain('violates PodSecurity');
    }
  });

  test.each([
    ['a role that is none', 'roles.scanner.replicas=-1', 'minimum'],
    ['an unknown value', 'nats.replicas=3', 'additional'],
    ['no NATS at all', 'nats.enabled=false', 'external'],
  ])('%s is refused by the schema of its values', (_, set, said) => {
    expect(() => render(namespace, set)).toThrow(expect.objectContaining({ stderr: expect.stringContaining(said) }));
  });
});
