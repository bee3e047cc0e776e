/** Plain kubeconfigs, read without the stock client: loading its models costs 85 MiB. Pure. */
import { parse } from 'yaml';
import { elavaError, messageOf } from '../../../lib/errors.ts';

/** How to reach a cluster; files are read by whoever connects. */
export interface Access {
  readonly server: string;
  readonly ca?: Buffer;
  readonly caFile?: string;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly serverName?: string;
  readonly insecure: boolean;
  /** Something that only the stock client knows: a plugin, a provider, a password. */
  readonly foreign: boolean;
}

interface Named {
  readonly name: string;
  readonly [key: string]: unknown;
}
type Fields = Readonly<Record<string, unknown>>;

/** Of the current context. Errors: KUBE_CONFIG. */
export function accessOf(text: string): Access {
  const config = read(text);
  const context = entry(config['contexts'], config['current-context'], 'context');
  const cluster = entry(config['clusters'], context['cluster'], 'cluster');
  const user = entry(config['users'], context['user'], 'user');
  const server = field(cluster, 'server');
  if (server === undefined) throw elavaError('KUBE_CONFIG', 'the kubeconfig names no server');
  const known = new Set(['token', 'tokenFile', 'client-certificate-data', 'client-key-data']);
  const foreign = Object.keys(user).some((key) => !known.has(key)) || cluster['proxy-url'] !== undefined;
  return {
    server,
    insecure: cluster['insecure-skip-tls-verify'] === true,
    foreign,
    ...given('caFile', field(cluster, 'certificate-authority')),
    ...given('serverName', field(cluster, 'tls-server-name')),
    ...given('token', field(user, 'token')),
    ...given('tokenFile', field(user, 'tokenFile')),
    ...bytes('ca', cluster, 'certificate-authority-data'),
    ...bytes('cert', user, 'client-certificate-data'),
    ...bytes('key', user, 'client-key-data'),
  };
}

function read(text: string): Fields {
  try {
    const config: unknown = parse(text);
    if (typeof config === 'object' && config !== null) return config as Fields;
  } catch (cause) {
    throw elavaError('KUBE_CONFIG', `no kubeconfig: ${messageOf(cause)}`, { cause });
  }
  throw elavaError('KUBE_CONFIG', 'no kubeconfig: it is empty');
}

function entry(list: unknown, name: unknown, kind: string): Fields {
  const found = (Array.isArray(list) ? (list as Named[]) : []).find((one) => one.name === name)?.[kind];
  if (typeof found === 'object' && found !== null) return found as Fields;
  throw elavaError('KUBE_CONFIG', `the kubeconfig has no ${kind} ${String(name)}`);
}

function field(of: Fields, key: string): string | undefined {
  const value = of[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function given<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };
}

function bytes<K extends string>(key: K, of: Fields, name: string): { [P in K]?: Buffer } {
  const value = field(of, name);
  return (value === undefined ? {} : { [key]: Buffer.from(value, 'base64') }) as { [P in K]?: Buffer };
}
