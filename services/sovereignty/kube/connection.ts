/** How a cluster is reached: address, TLS and credentials, by @kubernetes/client-node's kubeconfig reader. */
import https from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { elavaError, messageOf } from '../../../lib/errors.ts';

export interface Connection {
  readonly server: URL;
  readonly agent: https.Agent;
  /** Authentication headers; `fresh` reads them again, as after a 401. */
  headers(fresh?: boolean): Promise<Readonly<Record<string, string>>>;
  close(): void;
}

/** Tokens in files are rotated by the kubelet, and exec plugins answer for minutes: this is well below both. */
const HEADERS_MS = 30_000;

/** A kubeconfig file's path; "" is the ServiceAccount of the pod. Errors: KUBE_CONFIG. */
export async function connect(kubeconfig: string): Promise<Connection> {
  return await connectWith((config) => {
    if (kubeconfig === '') config.loadFromCluster();
    else config.loadFromFile(kubeconfig);
  });
}

/** A kubeconfig's text, as a Secret holds it. An exec plugin in it would run on our machine, so none is taken. */
export async function connectText(text: string): Promise<Connection> {
  return await connectWith((config) => {
    config.loadFromString(text);
    const foreign = config.users.find((user) => user.exec !== undefined || user.authProvider !== undefined);
    const file = config.users.find((user) => user.certFile !== undefined || user.keyFile !== undefined);
    const cluster = config.clusters.find((one) => one.caFile !== undefined);
    if (foreign || file || cluster) {
      throw elavaError('KUBE_CONFIG', "a cluster's kubeconfig must hold its credentials itself, no plugin and no file");
    }
  });
}

async function connectWith(load: (config: KubeConfig) => void): Promise<Connection> {
  const config = new KubeConfig();
  try {
    load(config);
  } catch (cause) {
    throw elavaError('KUBE_CONFIG', `no kubeconfig: ${messageOf(cause)}`, { cause });
  }
  const cluster = config.getCurrentCluster();
  if (!cluster) throw elavaError('KUBE_CONFIG', 'the kubeconfig names no current cluster');
  const server = serverOf(cluster.server);
  const first = await optionsOf(config);
  const { ca, cert, key, servername, rejectUnauthorized } = first;
  const agent = new https.Agent({
    keepAlive: true,
    maxSockets: 64,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  });
  return { server, agent, headers: headersOf(config, first), close: () => agent.destroy() };
}

function serverOf(text: string): URL {
  const server = URL.parse(text);
  if (server?.protocol !== 'https:') throw elavaError('KUBE_CONFIG', `the server must be an https address: ${text}`);
  return server;
}

async function optionsOf(config: KubeConfig): Promise<https.RequestOptions> {
  const options: https.RequestOptions = {};
  await config.applyToHTTPSOptions(options as Parameters<KubeConfig['applyToHTTPSOptions']>[0]);
  return options;
}

function headersOf(config: KubeConfig, first: https.RequestOptions): Connection['headers'] {
  let at = performance.now();
  let held = plainHeaders(first);
  return async (fresh = false) => {
    if (!fresh && performance.now() - at < HEADERS_MS) return held;
    held = plainHeaders(await optionsOf(config));
    at = performance.now();
    return held;
  };
}

function plainHeaders({ headers, auth }: https.RequestOptions): Record<string, string> {
  const plain = Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)] as const);
  const basic = auth ? [['authorization', `Basic ${Buffer.from(auth).toString('base64')}`] as const] : [];
  return Object.fromEntries([...plain, ...basic]);
}
