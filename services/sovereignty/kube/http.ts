/** One HTTPS request to an API server: as a whole answer, or as a stream for a watch. */
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { elavaError, messageOf } from '../../../lib/errors.ts';
import type { Connection } from './connection.ts';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal: AbortSignal;
}
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string;
}

/** A list of 500 large objects; a server that sends more is not one of ours. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Resolves with the response's head. Errors: KUBE_UNREACHABLE, KUBE_TIMEOUT, CANCELLED. */
export async function open(connection: Connection, call: Call, fresh = false): Promise<IncomingMessage> {
  const text = call.body === undefined ? undefined : JSON.stringify(call.body);
  const headers = {
    accept: 'application/json',
    'user-agent': 'elava-sovereignty',
    ...(text === undefined
      ? {}
      : { 'content-type': call.contentType ?? 'application/json', 'content-length': Buffer.byteLength(text) }),
    ...(await connection.headers(fresh)),
  };
  const url = new URL(connection.server.pathname.replace(/\/$/, '') + call.path, connection.server);
  return await new Promise((resolve, reject) => {
    const request = https.request(
      url,
      { method: call.method, headers, agent: connection.agent, signal: call.signal },
      resolve,
    );
    request.on('error', (error) => reject(failure(call, error)));
    request.on('socket', (socket) => socket.setKeepAlive(true, 15_000));
    request.end(text);
  });
}

/** Reads a response to its end. */
export async function exchange(connection: Connection, call: Call): Promise<Answer> {
  let response = await open(connection, call);
  if (response.statusCode === 401) {
    response.resume();
    response = await open(connection, call, true);
  }
  const text = await bodyOf(response, call);
  return { status: response.statusCode ?? 0, text, retryAfter: String(response.headers['retry-after'] ?? '') };
}

export async function bodyOf(response: IncomingMessage, call: Call): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too large');
      chunks.push(chunk);
    }
  } catch (error) {
    throw failure(call, error);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function failure({ method, path, signal }: Call, cause: unknown): Error {
  const what = `${method} ${path.split('?')[0]}`;
  if (signal.aborted) {
    const late = (signal.reason as { name?: string } | undefined)?.name === 'TimeoutError';
    return elavaError(late ? 'KUBE_TIMEOUT' : 'CANCELLED', `${what}: ${messageOf(signal.reason)}`, { cause });
  }
  return elavaError('KUBE_UNREACHABLE', `${what}: ${messageOf(cause)}`, { cause });
}
