/** A real etcd and real kube-apiservers on loopback. Two API servers share one etcd under prefixes: two clusters. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { freePort } from '../../../scripts/free-port.ts';
import { toolPath } from '../../../scripts/k8s-substrate-build.ts';
import { type Program, startProgram, until } from './program.ts';

export interface Etcd {
  readonly program: Program;
  readonly url: string;
}
export interface ApiServer {
  readonly name: string;
  readonly folder: string;
  readonly port: number;
  readonly kubeconfig: string;
  readonly program: Program;
  readonly args: readonly string[];
}

export const adminToken = 'admin-token';
/** Users of tests beside the administrator. */
const users = { 'author-token': 'team-finance', 'nobody-token': 'nobody' } as const;

export async function startEtcd(folder: string): Promise<Etcd> {
  const [client, peer] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${client}`;
  const args = [
    '--data-dir',
    join(folder, 'etcd'),
    '--listen-client-urls',
    url,
    '--advertise-client-urls',
    url,
    '--listen-peer-urls',
    `http://127.0.0.1:${peer}`,
    '--unsafe-no-fsync',
    '--log-level',
    'error',
  ];
  const program = startProgram(toolPath('etcd'), args, { name: 'etcd', log: join(folder, 'etcd.log') });
  await until('etcd', async () => (await fetch(`${url}/health`)).ok, { program });
  return { program, url };
}

export async function startApiServer(root: string, etcd: Etcd, name: string): Promise<ApiServer> {
  const folder = join(root, name);
  mkdirSync(join(folder, 'certs'), { recursive: true });
  const key = join(folder, 'sa.key');
  execFileSync('openssl', ['genrsa', '-out', key, '2048'], { stdio: 'ignore' });
  const tokens = [`${adminToken},admin,u1,"system:masters"`];
  for (const [token, user] of Object.entries(users)) tokens.push(`${token},${user},${user},"${user}s"`);
  writeFileSync(join(folder, 'tokens.csv'), `${tokens.join('\n')}\n`);
  const port = await freePort();
  const args = [
    `--etcd-servers=${etcd.url}`,
    `--etcd-prefix=/${name}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, 'certs')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--authorization-mode=RBAC',
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--disable-admission-plugins=ServiceAccount',
    '--allow-privileged=true',
    `--audit-policy-file=${auditPolicy(folder)}`,
    `--audit-log-path=${join(folder, 'audit.log')}`,
  ];
  const server = { name, folder, port, kubeconfig: join(folder, 'kubeconfig.yaml'), args };
  const program = await bootApiServer(server);
  writeFileSync(server.kubeconfig, kubeconfigOf(server, adminToken));
  return { ...server, program };
}

/** Starts it, also again after it was killed: on the same port, from the same etcd. */
export async function bootApiServer(server: Omit<ApiServer, 'program'>): Promise<Program> {
  const log = join(server.folder, 'apiserver.log');
  const program = startProgram(toolPath('kube-apiserver'), server.args, { name: server.name, log });
  await until(`API server ${server.name}`, () => isReady(server.port), { program });
  return program;
}

/** Who did what, without bodies: how tests count calls and see verbs. */
function auditPolicy(folder: string): string {
  const path = join(folder, 'audit-policy.yaml');
  writeFileSync(
    path,
    'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: Metadata}]\n',
  );
  return path;
}

export interface AuditEntry {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly stage: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly apiGroup?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

export function auditOf({ folder }: Pick<ApiServer, 'folder'>): AuditEntry[] {
  const path = join(folder, 'audit.log');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as AuditEntry);
}

export function kubeconfigOf({ folder, port }: Pick<ApiServer, 'folder' | 'port'>, token: string): string {
  const ca = readFileSync(join(folder, 'certs', 'apiserver.crt')).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'it',
    clusters: [{ name: 'it', cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': ca } }],
    users: [{ name: 'it', user: { token } }],
    contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
  });
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${adminToken}` };
    const request = https.get(
      { host: '127.0.0.1', port, path: '/readyz', headers, rejectUnauthorized: false, timeout: 10_000 },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    request.on('error', () => resolve(false));
    request.on('timeout', () => request.destroy());
  });
}
