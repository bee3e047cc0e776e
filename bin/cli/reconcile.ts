/** The reconciler as verbs use it: in this process on the embedded store, or over HTTP with `--server`. */
import { userInfo } from 'node:os';
import type { Static } from 'typebox';
import { type Client, clientOf } from '../../lib/contract.ts';
import { elavaError, errorTable, messageOf } from '../../lib/errors.ts';
import { notifierContract } from '../../services/notifier/notifier.contract.ts';
import { reconcilerContract } from '../../services/reconciler/reconciler.contract.ts';
import type { Output } from './output.ts';
import { type GlobalOptions, settings, withSession } from './session.ts';

export interface ReconcileOptions extends GlobalOptions {
  readonly server?: string;
  readonly output: Output;
  readonly limit?: number;
  readonly by?: string;
}
type Actions = (typeof reconcilerContract)['actions'];
export type ReconcilerClient = Client<typeof reconcilerContract>;
export interface Reconciling {
  readonly reconciler: ReconcilerClient;
  /** Who asks. Over HTTP the server takes whoever the key belongs to. */
  readonly by: string;
  /** Sends at once what owners are to be told; a server does that by itself. */
  readonly tell: () => Promise<number>;
}

const roles = ['history', 'scanner', 'policy', 'notifier', 'reconciler'] as const;

export async function withReconciler<T>(
  options: ReconcileOptions,
  work: (reconciling: Reconciling) => Promise<T>,
): Promise<T> {
  const config = settings(options);
  const operator = config.reconciler.operator === '' ? userInfo().username : config.reconciler.operator;
  const by = options.by ?? operator;
  const { server } = options;
  if (server !== undefined)
    return work({ reconciler: httpReconciler(server, config.client.token), by, tell: async () => 0 });
  return withSession(config, { ...options, roles }, ({ broker }) =>
    work({
      reconciler: clientOf(reconcilerContract, broker),
      by,
      tell: async () => (await clientOf(notifierContract, broker).flush({ now: true })).digests.length,
    }),
  );
}

/** Applying looks at the estate anew, which takes as long as its units do. */
const deadlineMs = 900_000;

function httpReconciler(server: string, token: string): ReconcilerClient {
  const base = URL.canParse(server) ? server : `http://${server}`;
  if (!URL.canParse(base)) {
    throw elavaError('INVALID_REQUEST', `"${server}" is no address; write http://127.0.0.1:8181`);
  }
  const names = Object.keys(reconcilerContract.actions) as (keyof Actions)[];
  return Object.fromEntries(
    names.map((name) => [name, (params: object) => post(new URL(`/api/reconciler/${name}`, base), params, token)]),
  ) as unknown as ReconcilerClient;
}

async function post<K extends keyof Actions>(
  url: URL,
  params: object,
  token: string,
): Promise<Static<Actions[K]['result']>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(params),
    signal: AbortSignal.timeout(deadlineMs),
  }).catch((error: unknown) => {
    const why = messageOf((error as Error).cause ?? error);
    throw elavaError('GATEWAY_UNREACHABLE', `${url.origin} does not answer: ${why}`);
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as Static<Actions[K]['result']>;
  const { code, message, detail } = (body ?? {}) as { code?: string; message?: string; detail?: string };
  const known = code !== undefined && code in errorTable ? (code as keyof typeof errorTable) : 'GATEWAY_UNREACHABLE';
  throw elavaError(known, message ?? detail ?? `${url.origin} answered ${response.status}`);
}
