/** The real kube-controller-manager and the real Gatekeeper, run beside an API server instead of inside a cluster. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { freePort } from '../../../scripts/free-port.ts';
import { toolFiles, toolPath } from '../../../scripts/k8s-substrate-build.ts';
import type { KubeClient } from '../../../services/sovereignty/kube/client.ts';
import { applyObject } from '../objects.ts';
import type { ApiServer } from './api-server.ts';
import { type Program, startProgram, until } from './program.ts';

export async function startControllers({ folder, kubeconfig }: ApiServer): Promise<Program> {
  const controllers = ['namespace', 'garbage-collector', 'serviceaccount', 'daemonset'].map(
    (name) => `${name}-controller`,
  );
  const args = [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--use-service-account-credentials=true',
    `--controllers=${controllers.join(',')}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${await freePort()}`,
    `--cert-dir=${join(folder, 'kcm')}`,
  ];
  return startProgram(toolPath('kube-controller-manager'), args, { name: 'kcm', log: join(folder, 'kcm.log') });
}

export interface Gatekeeper {
  readonly program: Program;
  readonly port: number;
  readonly folder: string;
}

/** Installs Gatekeeper's kinds and webhook, and starts its manager. Its pod is an object without a container. */
export async function startGatekeeper(
  { folder: root, kubeconfig }: ApiServer,
  client: KubeClient,
): Promise<Gatekeeper> {
  const folder = join(root, 'gatekeeper');
  const certs = join(folder, 'certs');
  mkdirSync(certs, { recursive: true });
  mkdirSync(join(folder, 'audit'), { recursive: true });
  const tls = ['-keyout', join(certs, 'tls.key'), '-out', join(certs, 'tls.crt')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', ...subject, ...tls], {
    stdio: 'ignore',
  });
  execFileSync('cp', [join(certs, 'tls.crt'), join(certs, 'ca.crt')]);
  await applyFiles(client, toolFiles('gatekeeper', 'config/crd/bases'));
  await applyFiles(client, toolFiles('gatekeeper', 'charts/gatekeeper/crds'));
  await applyObject(client, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'gatekeeper-system' } });
  const containers = [{ name: 'manager', image: 'gatekeeper' }];
  const metadata = { name: 'gatekeeper-0', namespace: 'gatekeeper-system' };
  await applyObject(client, { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } });
  const port = await freePort();
  const program = await bootGatekeeper(folder, kubeconfig, port);
  await applyObject(client, webhook(port, readFileSync(join(certs, 'ca.crt')).toString('base64')));
  return { program, port, folder };
}

async function bootGatekeeper(folder: string, kubeconfig: string, port: number): Promise<Program> {
  const health = await freePort();
  const operations = ['webhook', 'audit', 'status', 'generate'].map((name) => `--operation=${name}`);
  const args = [
    `--kubeconfig=${kubeconfig}`,
    '--disable-cert-rotation',
    `--cert-dir=${join(folder, 'certs')}`,
    `--api-cache-dir=${join(folder, 'audit')}`,
    '--host=127.0.0.1',
    `--port=${port}`,
    `--health-addr=127.0.0.1:${health}`,
    `--prometheus-port=${await freePort()}`,
    '--audit-interval=5',
    '--log-level=WARNING',
    ...operations,
  ];
  const env = { POD_NAMESPACE: 'gatekeeper-system', POD_NAME: 'gatekeeper-0' };
  const program = startProgram(toolPath('gatekeeper'), args, { name: 'gatekeeper', log: join(folder, 'log'), env });
  await until('Gatekeeper', async () => (await fetch(`http://127.0.0.1:${health}/readyz`)).ok, { program });
  return program;
}

async function applyFiles(client: KubeClient, folder: string): Promise<void> {
  for (const file of readdirSync(folder).filter(
    (name) => /^[a-z].*\.yaml$/.test(name) && name !== 'kustomization.yaml',
  )) {
    for (const document of parseAllDocuments(readFileSync(join(folder, file), 'utf8'))) {
      const object: unknown = document.toJS();
      if (object) await applyObject(client, object as Parameters<typeof applyObject>[1]);
    }
  }
}

/** `Fail`, so that a Gatekeeper that is away cannot let a pod pass unseen in a test. */
function webhook(port: number, caBundle: string) {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'gatekeeper-validating-webhook-configuration' },
    webhooks: [
      {
        name: 'validation.gatekeeper.sh',
        clientConfig: { url: `https://127.0.0.1:${port}/v1/admit`, caBundle },
        rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: ['*'] }],
        namespaceSelector: {
          matchExpressions: [
            { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'gatekeeper-system'] },
          ],
        },
        failurePolicy: 'Fail',
        timeoutSeconds: 30,
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  };
}
