/** Typed calls of one cluster's API server. Raw JSON: the stock client drops fields of objects that it has no model of. */
import { codeOf, elavaError } from '../../../lib/errors.ts';
import { refusal } from './api-errors.ts';
import type { Connection } from './connection.ts';
import { type Answer, type Call, exchange, open } from './http.ts';
import { apiVersionOf, type Kind, pathOf } from './kinds.ts';
import type { KubeObject, ObjectMeta } from './objects.ts';
import { TokenBucket } from './token-bucket.ts';

export interface Ref {
  readonly namespace?: string;
  readonly name: string;
}
export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
}
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly continue: string;
}
export interface WriteOptions {
  /** Names the part of the object that we own; force is always on: what the operator says is right. */
  readonly fieldManager: string;
  readonly subresource?: string;
  readonly signal?: AbortSignal;
}
export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}
export interface ClientOptions {
  readonly qps: number;
  readonly burst: number;
  /** How long one call may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Told of every call that ended: for metrics. */
  readonly onCall?: (verb: string, kind: string, outcome: string) => void;
}

/** What `apply` sends: an object of which only the fields that we own are given. */
export type Applied = { readonly metadata: Partial<ObjectMeta> & Ref } & Readonly<Record<string, unknown>>;

export class KubeClient {
  readonly #connection: Connection;
  readonly #options: ClientOptions;
  readonly #bucket: TokenBucket;

  constructor(connection: Connection, options: ClientOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#bucket = new TokenBucket(options);
  }

  /** Undefined when there is none, or when its kind is not served. */
  async get<T extends KubeObject>(kind: Kind, ref: Ref, signal?: AbortSignal): Promise<T | undefined> {
    try {
      return await this.#json<T>('get', kind, { method: 'GET', path: pathOf(kind, ref) }, signal);
    } catch (error) {
      if (codeOf(error) === 'KUBE_NOT_FOUND') return undefined;
      throw error;
    }
  }

  async list<T extends KubeObject>(kind: Kind, options: ListOptions = {}, signal?: AbortSignal): Promise<ListPage<T>> {
    const { namespace, ...rest } = options;
    const path = withQuery(pathOf(kind, namespace === undefined ? {} : { namespace }), rest);
    const body = await this.#json<{ items?: T[]; metadata: { resourceVersion: string; continue?: string } }>(
      'list',
      kind,
      { method: 'GET', path },
      signal,
    );
    return {
      items: body.items ?? [],
      resourceVersion: body.metadata.resourceVersion,
      continue: body.metadata.continue ?? '',
    };
  }

  /** Of a subresource, such as a ServiceAccount's token, the object's name is part of the path. */
  async create<T extends KubeObject>(
    kind: Kind,
    object: object,
    { signal, subresource }: { signal?: AbortSignal | undefined; subresource?: string } = {},
  ): Promise<T> {
    const { namespace, name = '' } = (object as { metadata?: { namespace?: string; name?: string } }).metadata ?? {};
    const path = pathOf(kind, {
      ...(namespace === undefined ? {} : { namespace }),
      ...(subresource === undefined ? {} : { name, subresource }),
    });
    return await this.#json<T>('create', kind, { method: 'POST', path, body: whole(kind, object) }, signal);
  }

  /** Server-side apply. With `metadata.resourceVersion` it fails with KUBE_CONFLICT when the object is no longer that one. */
  async apply<T extends KubeObject>(kind: Kind, object: Applied, options: WriteOptions): Promise<T> {
    const { fieldManager, subresource, signal } = options;
    const { namespace, name } = object.metadata;
    const ref = { name, ...(namespace === undefined ? {} : { namespace }) };
    const path = withQuery(pathOf(kind, { ...ref, ...(subresource === undefined ? {} : { subresource }) }), {
      fieldManager,
      force: 'true',
    });
    const contentType = 'application/apply-patch+yaml';
    const call = { method: 'PATCH', path, contentType, body: whole(kind, object) } as const;
    return await this.#json<T>('apply', kind, call, signal);
  }

  /** A JSON merge patch; `null` takes a field away. */
  async patch<T extends KubeObject>(kind: Kind, ref: Ref, patch: object, options: WriteOptions): Promise<T> {
    const { fieldManager, subresource, signal } = options;
    const path = withQuery(pathOf(kind, { ...ref, ...(subresource === undefined ? {} : { subresource }) }), {
      fieldManager,
    });
    const contentType = 'application/merge-patch+json';
    return await this.#json<T>('patch', kind, { method: 'PATCH', path, contentType, body: patch }, signal);
  }

  async replace<T extends KubeObject>(kind: Kind, object: KubeObject, signal?: AbortSignal): Promise<T> {
    const path = pathOf(kind, object.metadata);
    return await this.#json<T>('update', kind, { method: 'PUT', path, body: object }, signal);
  }

  /** False when it was gone already. */
  async delete(kind: Kind, ref: Ref, preconditions: Preconditions = {}, signal?: AbortSignal): Promise<boolean> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, propagationPolicy: 'Background' };
    try {
      await this.#json('delete', kind, { method: 'DELETE', path: pathOf(kind, ref), body }, signal);
      return true;
    } catch (error) {
      if (codeOf(error) === 'KUBE_NOT_FOUND') return false;
      throw error;
    }
  }

  /** Whether the API server serves the kind now. */
  async serves(kind: Kind, signal?: AbortSignal): Promise<boolean> {
    const path = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
    try {
      const { resources } = await this.#json<{ resources: { name: string }[] }>(
        'get',
        kind,
        { method: 'GET', path },
        signal,
      );
      return resources.some(({ name }) => name === kind.plural);
    } catch (error) {
      if (codeOf(error) === 'KUBE_NOT_FOUND') return false;
      throw error;
    }
  }

  /** The open stream of a watch; it ends when `signal` aborts. */
  async stream(kind: Kind, query: Readonly<Record<string, string>>, signal: AbortSignal) {
    const { namespace, ...rest } = query;
    const path = withQuery(pathOf(kind, namespace === undefined ? {} : { namespace }), { ...rest, watch: 'true' });
    await this.#bucket.take(signal);
    return await open(this.#connection, { method: 'GET', path, signal });
  }

  async #json<T>(verb: string, kind: Kind, call: Omit<Call, 'signal'>, signal?: AbortSignal): Promise<T> {
    const deadline = AbortSignal.timeout(this.#options.timeoutMs);
    const merged = signal ? AbortSignal.any([signal, deadline]) : deadline;
    let outcome = 'ok';
    try {
      await this.#bucket.take(merged);
      const answer = await exchange(this.#connection, { ...call, signal: merged });
      return accepted<T>(`${verb} ${kind.kind} ${call.path.split('?')[0]}`, answer);
    } catch (error) {
      outcome = codeOf(error);
      throw error;
    } finally {
      this.#options.onCall?.(verb, kind.kind, outcome);
    }
  }

  close(): void {
    this.#connection.close();
  }
}

function accepted<T>(what: string, { status, text, retryAfter }: Answer): T {
  if (status < 200 || status > 299) throw refusal(what, status, { text, retryAfter });
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw elavaError('KUBE_SERVER', `${what}: the answer is not JSON`, { cause });
  }
}

function whole(kind: Kind, object: object): object {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, ...object };
}

function withQuery(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') params.set(name, `${value}`);
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}
