/** How a cluster is reached: address, TLS and credentials. */
import { readFile } from 'node:fs/promises';
import https from 'node:https';
import { dirname, resolve } from 'node:path';
import { elavaError, messageOf } from '../../../lib/errors.ts';
import { type Access, accessOf } from './kubeconfig.ts';

export interface Connection {
  readonly server: URL;
  readonly agent: https.Agent;
  /** Authentication headers; `fresh` reads them again, as after a 401. */
  headers(fresh?: boolean): Promise<Headers>;
  close(): void;
}
type Headers = Readonly<Record<string, string>>;

/** Tokens in files are rotated by the kubelet, and exec plugins answer for minutes: this is well below both. */
const HEADERS_MS = 30_000;
const account = '/var/run/secrets/kubernetes.io/serviceaccount';
/** The ServiceAccount of a pod. The cluster's DNS names its API server. */
const inCluster: Access = {
  server: 'https://kubernetes.default.svc',
  caFile: `${account}/ca.crt`,
  tokenFile: `${account}/token`,
  insecure: false,
  foreign: false,
};

/** A kubeconfig file's path; "" is the ServiceAccount of the pod. Errors: KUBE_CONFIG. */
export async function connect(kubeconfig: string): Promise<Connection> {
  if (kubeconfig === '') return await plain(inCluster, '/');
  const access = accessOf(await file(kubeconfig));
  return access.foreign ? await byStockClient(kubeconfig) : await plain(access, dirname(kubeconfig));
}

/** A kubeconfig's text, as a Secret holds it. An exec plugin in it would run on our machine, so none is taken. */
export async function connectText(text: string): Promise<Connection> {
  const access = accessOf(text);
  if (access.foreign || access.caFile !== undefined || access.tokenFile !== undefined) {
    throw elavaError('KUBE_CONFIG', "a cluster's kubeconfig must hold its credentials itself, no plugin and no file");
  }
  return await plain(access, '/');
}

async function plain(access: Access, folder: string): Promise<Connection> {
  const { caFile, tokenFile, token, cert, key, serverName, insecure } = access;
  const ca = access.ca ?? (caFile === undefined ? undefined : await file(resolve(folder, caFile)));
  const headers = async (): Promise<Headers> => {
    const text = tokenFile === undefined ? token : (await file(resolve(folder, tokenFile))).trim();
    return text === undefined ? {} : { authorization: `Bearer ${text}` };
  };
  const options = { ca, cert, key, servername: serverName, rejectUnauthorized: insecure ? false : undefined };
  return connection(access.server, options, headers);
}

async function file(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw elavaError('KUBE_CONFIG', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** With @kubernetes/client-node, loaded only for what needs it: exec plugins, cloud providers, OIDC, passwords. */
async function byStockClient(path: string): Promise<Connection> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(path);
  const optionsOf = async (): Promise<https.RequestOptions> => {
    const options: https.RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return options;
  };
  const first = await optionsOf();
  return connection(config.getCurrentCluster()?.server ?? '', first, async () => plainHeaders(await optionsOf()));
}

function plainHeaders({ headers, auth }: https.RequestOptions): Headers {
  const all = Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)] as const);
  const basic = auth ? [['authorization', `Basic ${Buffer.from(auth).toString('base64')}`] as const] : [];
  return Object.fromEntries([...all, ...basic]);
}

type Tls = {
  readonly [K in 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized']?: https.AgentOptions[K] | undefined;
};

async function connection(address: string, tls: Tls, read: () => Promise<Headers>): Promise<Connection> {
  const server = URL.parse(address);
  if (server?.protocol !== 'https:') throw elavaError('KUBE_CONFIG', `the server must be an https address: ${address}`);
  const { ca, cert, key, servername, rejectUnauthorized } = tls;
  const given = Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(
    ([, value]) => value !== undefined,
  );
  const agent = new https.Agent({ keepAlive: true, maxSockets: 64, ...Object.fromEntries(given) });
  let held = await read();
  let at = performance.now();
  const headers = async (fresh = false): Promise<Headers> => {
    if (!fresh && performance.now() - at < HEADERS_MS) return held;
    held = await read();
    at = performance.now();
    return held;
  };
  return { server, agent, headers, close: () => agent.destroy() };
}
