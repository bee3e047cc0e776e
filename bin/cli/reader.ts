/** Reads of the memory: from the embedded store of this process, or from a running server with `--server`. */
import type { Static } from 'typebox';
import { loadConfig } from '../../lib/config/load.ts';
import { type Client, clientOf } from '../../lib/contract.ts';
import { elavaError, errorTable, messageOf } from '../../lib/errors.ts';
import type { ResourceFilter } from '../../lib/resource.ts';
import { historyContract } from '../../services/history/history.contract.ts';
import { type GlobalOptions, settings, withSession } from './session.ts';

type History = Client<typeof historyContract>;
type Question =
  | 'resources'
  | 'changes'
  | 'timeline'
  | 'evaluations'
  | 'coverage'
  | 'counts'
  | 'series'
  | 'activity'
  | 'diff'
  | 'search'
  | 'states'
  | 'relations';
export type Reader = Pick<History, Question>;
export interface ReaderOptions extends GlobalOptions {
  readonly server?: string;
}

export async function withReader<T>(options: ReaderOptions, work: (reader: Reader) => Promise<T>): Promise<T> {
  if (options.server !== undefined) return work(httpReader(options.server));
  return withSession(settings(options), { ...options, roles: ['history'] }, ({ broker }) =>
    work(clientOf(historyContract, broker)),
  );
}

const deadlineMs = 30_000;

function httpReader(server: string): Reader {
  const ask =
    <K extends Question>(path: K) =>
    (params: Params): Promise<Static<(typeof historyContract)['actions'][K]['result']>> =>
      askServer(server, path, params);
  return {
    resources: ask('resources'),
    changes: ask('changes'),
    timeline: ask('timeline'),
    evaluations: ask('evaluations'),
    coverage: ask('coverage'),
    counts: ask('counts'),
    series: ask('series'),
    activity: ask('activity'),
    diff: ask('diff'),
    // Beside the filter's `text`, which is a part of an id or a name.
    search: ({ text: q, ...rest }) => ask('search')({ q, ...rest }),
    states: ask('states'),
    relations: ask('relations'),
  };
}

/** What a running server answers to `GET /api/<path>`. Errors: GATEWAY_UNREACHABLE, and what it refuses with. */
export function askServer<T>(server: string, path: string, params: Params, waitMs = deadlineMs): Promise<T> {
  return get(addressOf(server, `/api/${path}?${queryOf(params).toString()}`), waitMs);
}

/** Has a running server change something, `POST` or `DELETE /api/<path>`. Errors: as `askServer`. */
export function tellServer<T>(server: string, method: 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
  return get(addressOf(server, `/api/${path}`), deadlineMs, { method, body });
}

function addressOf(server: string, path: string): URL {
  const base = URL.canParse(server) ? server : `http://${server}`;
  if (!URL.canParse(base))
    throw elavaError('INVALID_REQUEST', `"${server}" is no address; write http://127.0.0.1:8181`);
  return new URL(path, base);
}

export type Params = { readonly filter?: ResourceFilter } & Record<string, unknown>;

const queryNames: Readonly<Record<string, string>> = {
  accounts: 'account',
  regions: 'region',
  types: 'type',
  ids: 'id',
  decisions: 'decision',
  policies: 'policy',
  rules: 'rule',
  actors: 'actor',
  actor_kinds: 'actor_kind',
};

function queryOf({ filter = {}, ...rest }: Params): URLSearchParams {
  const query = new URLSearchParams();
  const { tags = {}, ...plain } = filter;
  for (const [key, value] of Object.entries(tags)) query.append('tag', value === '*' ? key : `${key}=${value}`);
  for (const [key, value] of Object.entries({ ...plain, ...rest })) {
    for (const one of Array.isArray(value) ? value : [value]) query.append(queryNames[key] ?? key, String(one));
  }
  return query;
}

interface Change {
  readonly method: 'POST' | 'DELETE';
  readonly body: object | undefined;
}

async function get<T>(url: URL, waitMs: number, change?: Change): Promise<T> {
  const { token } = loadConfig().config.client;
  const headers: Record<string, string> = token === '' ? {} : { authorization: `Bearer ${token}` };
  const init = change ? { method: change.method, ...bodyOf(change, headers) } : { headers };
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(waitMs) }).catch((error: unknown) => {
    throw elavaError(
      'GATEWAY_UNREACHABLE',
      `${url.origin} does not answer: ${messageOf((error as Error).cause ?? error)}`,
    );
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as T;
  const { code, message, detail } = (body ?? {}) as { code?: string; message?: string; detail?: string };
  const known = code !== undefined && code in errorTable ? (code as keyof typeof errorTable) : 'GATEWAY_UNREACHABLE';
  throw elavaError(
    known,
    message ?? detail ?? `${url.origin} answered ${response.status} in a form that Elava does not use`,
  );
}

function bodyOf({ body }: Change, headers: Record<string, string>): RequestInit {
  if (body === undefined) return { headers };
  return { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
