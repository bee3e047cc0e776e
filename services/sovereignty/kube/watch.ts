/** One watch of a collection: events until the server ends it, or until it has been silent too long. */
import { elavaError, messageOf } from '../../../lib/errors.ts';
import { refusal } from './api-errors.ts';
import type { KubeClient } from './client.ts';
import { bodyOf } from './http.ts';
import type { Kind } from './kinds.ts';
import type { KubeObject } from './objects.ts';

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
}
export interface WatchOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly resourceVersion: string;
  /** The server ends the watch after so long; a quiet connection is then made anew. */
  readonly seconds: number;
  /** So long without a byte, bookmarks among them, means that the other end is gone: no error would ever tell. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/** An object of etcd has 1.5 MiB at most; as JSON with managed fields it stays far below this. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Errors: KUBE_GONE when the resourceVersion is too old, KUBE_UNREACHABLE when the stream breaks, others as of a call. */
export async function* watch<T extends KubeObject>(
  client: KubeClient,
  kind: Kind,
  options: WatchOptions,
): AsyncGenerator<WatchEvent<T>> {
  const { namespace, labelSelector, resourceVersion, seconds, idleMs } = options;
  const query = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    resourceVersion,
    allowWatchBookmarks: 'true',
    timeoutSeconds: `${seconds}`,
  };
  const silence = new AbortController();
  const watchdog = setTimeout(() => silence.abort(new Error(`nothing was heard for ${idleMs} ms`)), idleMs);
  const signal = AbortSignal.any([options.signal, silence.signal]);
  try {
    const response = await client.stream(kind, query, signal);
    if (response.statusCode !== 200) {
      const text = await bodyOf(response, { method: 'GET', path: kind.plural, signal });
      const retryAfter = String(response.headers['retry-after'] ?? '');
      throw refusal(`watch ${kind.kind}`, response.statusCode ?? 0, { text, retryAfter });
    }
    for await (const line of linesOf(response as AsyncIterable<Buffer>, () => watchdog.refresh())) {
      yield eventOf<T>(kind, line);
    }
  } catch (error) {
    if (silence.signal.aborted) {
      throw elavaError('KUBE_UNREACHABLE', `watch ${kind.kind}: ${messageOf(silence.signal.reason)}`, { cause: error });
    }
    throw error;
  } finally {
    clearTimeout(watchdog);
    silence.abort();
  }
}

function eventOf<T extends KubeObject>(kind: Kind, line: string): WatchEvent<T> {
  const event = JSON.parse(line) as { type: string; object: { code?: number } };
  if (event.type === 'ERROR') {
    throw refusal(`watch ${kind.kind}`, event.object.code ?? 500, { text: JSON.stringify(event.object) });
  }
  return event as unknown as WatchEvent<T>;
}

/** Lines of a byte stream. A line that has no end yet stays in pieces until it has, so a long one is joined once. */
export async function* linesOf(chunks: AsyncIterable<Buffer>, onBytes: () => void): AsyncGenerator<string> {
  let pieces: Buffer[] = [];
  let held = 0;
  for await (const chunk of chunks) {
    onBytes();
    let from = 0;
    for (let end = chunk.indexOf(10, from); end >= 0; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...pieces, chunk.subarray(from, end)]).toString('utf8');
      pieces = [];
      held = 0;
      from = end + 1;
      if (line !== '') yield line;
    }
    if (from < chunk.length) pieces.push(chunk.subarray(from));
    held += chunk.length - from;
    if (held > MAX_LINE_BYTES) throw elavaError('KUBE_SERVER', 'a watch sent a line without an end');
  }
}
