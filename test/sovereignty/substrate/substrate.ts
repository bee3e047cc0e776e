/** All of the substrate for one run of tests: started once, described in a file that test files read. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { KubeClient } from '../../../services/sovereignty/kube/client.ts';
import { connectText } from '../../../services/sovereignty/kube/connection.ts';
import { kinds } from '../../../services/sovereignty/kube/kinds.ts';
import { applyObject } from '../objects.ts';
import { type ApiServer, adminToken, type Etcd, kubeconfigOf, startApiServer, startEtcd } from './api-server.ts';
import { type Gatekeeper, startControllers, startGatekeeper } from './controllers.ts';
import { kill, type Program, until } from './program.ts';

export interface Substrate {
  readonly root: string;
  readonly etcd: Etcd;
  /** The cluster under test, with Gatekeeper. */
  readonly main: ApiServer;
  readonly controllers?: Program;
  readonly gatekeeper?: Gatekeeper;
}

export interface Parts {
  readonly gatekeeper: boolean;
  readonly controllers: boolean;
}

export async function startSubstrate({ gatekeeper, controllers }: Parts): Promise<Substrate> {
  const root = mkdtempSync(join(tmpdir(), 'elava-k8s-'));
  mkdirSync(root, { recursive: true });
  const etcd = await startEtcd(root);
  const main = await startApiServer(root, etcd, 'main');
  const client = await clientFor(main);
  await prepareCluster(client);
  const parts = {
    ...(controllers ? { controllers: await startControllers(main) } : {}),
    ...(gatekeeper ? { gatekeeper: await startGatekeeper(main, client) } : {}),
  };
  client.close();
  const substrate = { root, etcd, main, ...parts };
  save(substrate);
  return substrate;
}

/** Our CRD and the namespaces that every test expects. */
export async function prepareCluster(client: KubeClient): Promise<void> {
  const path = new URL('../../../deploy/helm/sovereignty/crds/sovereignpolicy.yaml', import.meta.url);
  await applyObject(client, parse(readFileSync(path, 'utf8')) as Parameters<typeof applyObject>[1]);
  for (const name of ['federated-sovereignty-system', 'default']) await ensureNamespace(client, name);
  await until('our kind', () => client.serves(kinds.policy));
}

export async function ensureNamespace(
  client: KubeClient,
  name: string,
  labels?: Readonly<Record<string, string>>,
): Promise<void> {
  const metadata = { name, ...(labels && { labels }) };
  await applyObject(client, { apiVersion: 'v1', kind: 'Namespace', metadata });
}

export async function clientFor(server: Pick<ApiServer, 'folder' | 'port'>, token = adminToken): Promise<KubeClient> {
  const connection = await connectText(kubeconfigOf(server, token));
  return new KubeClient(connection, { qps: 1000, burst: 1000, timeoutMs: 60_000 });
}

/** Processes change when a test kills and starts one: the file is written anew. */
export function save(substrate: Substrate): void {
  writeFileSync(join(substrate.root, 'substrate.json'), JSON.stringify(substrate));
}

export function load(root: string): Substrate {
  return JSON.parse(readFileSync(join(root, 'substrate.json'), 'utf8')) as Substrate;
}

export function stopSubstrate(root: string): void {
  const { main, gatekeeper, controllers, etcd } = load(root);
  for (const program of [gatekeeper?.program, controllers, main.program, etcd.program]) if (program) kill(program);
  rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
