/** The edge enforcer as it runs: history, policy, tenants and gateway in one broker, on a directory of its own. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../../lib/broker.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { clientOf } from '../../lib/contract.ts';
import { createLogger } from '../../lib/log.ts';
import { createMetrics, type Metrics } from '../../lib/metrics.ts';
import { runtimeOf } from '../../lib/runtime.ts';
import { edgeServices } from '../../loadtest/edge-services.ts';
import { gatewayContract } from '../../services/gateway/gateway.contract.ts';

export interface Rig extends AsyncDisposable {
  readonly url: string;
  readonly ws: string;
  readonly directory: string;
  readonly broker: ServiceBroker;
  readonly metrics: Metrics;
  readonly logged: string[];
  /** Writes a tenant's policy; the directory is looked at within a second or two. */
  tenant(id: string, policy: string, more?: Record<string, string>): Promise<void>;
  call(path: string, options?: CallOptions): Promise<Answer>;
}
export interface CallOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Sent as it is. */
  readonly raw?: string | Buffer;
  readonly key?: string;
}
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: any;
}

/** As `serve` would with these flags, without the roles that look at AWS. */
export async function rig(flags: Record<string, unknown> = {}, tenants: Record<string, string> = {}): Promise<Rig> {
  const directory = await mkdtemp(join(tmpdir(), 'elava-edge-'));
  await cp('config/tenants.d', join(directory, 'tenants.d'), { recursive: true });
  for (const [id, policy] of Object.entries(tenants)) await writeTenant(directory, id, policy);
  const { config } = loadConfig({
    env: {},
    cwd: directory,
    flags: {
      'storage.path': join(directory, 'data'),
      'gateway.port': 0,
      'tenants.path': join(directory, 'tenants.d'),
      'policies.enabled': false,
      'policies.workers': 2,
      // A thread that a busy machine holds up for a moment is no policy that does not end.
      'tenants.timeout': '10s',
      ...flags,
    },
  });
  const logged: string[] = [];
  const destination = { write: (line: string) => void logged.push(line) };
  const metrics = createMetrics();
  const log = createLogger({ level: 'debug', destination });
  const broker = new ServiceBroker(brokerOptions(config, { log, metrics }));
  for (const service of edgeServices) broker.createService(service);
  await broker.start();
  const { url } = await clientOf(gatewayContract, broker).address({});
  return {
    url,
    ws: url.replace('http', 'ws'),
    directory,
    broker,
    metrics,
    logged,
    tenant: (id, policy, more) => writeTenant(directory, id, policy, more),
    call: (path, options) => call(url, path, options),
    async [Symbol.asyncDispose]() {
      await broker.stop();
      await runtimeOf(broker).jobs.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function writeTenant(directory: string, id: string, policy: string, more: Record<string, string> = {}) {
  const folder = join(directory, 'tenants.d', id);
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(more)) await writeFile(join(folder, name), text);
  await writeFile(join(folder, 'policy.rego'), policy);
}

async function call(url: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const { body, raw, key, method = body === undefined && raw === undefined ? 'GET' : 'POST' } = options;
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...options.headers,
  };
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(new URL(path, url), {
    method,
    headers,
    ...(sent === undefined ? {} : { body: sent as string }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: jsonOf(text) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
