/** One attempt to deliver: a POST that follows no redirect, reads little of the answer, and reaches no inside address. */
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { codeOf, elavaError, messageOf } from '../errors.ts';
import { addressError, isInside, publicLookup } from './address-guard.ts';

export interface Posted {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface SendOptions {
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
}

const MAX_ANSWER = 500;

/** Errors: CHANNEL_ADDRESS and CHANNEL_REFUSED, which trying again does not mend; CHANNEL_UNREACHABLE, which it may. */
export async function send(request: Posted, { allowPrivate, signal }: SendOptions): Promise<void> {
  const url = addressOf(request.url, allowPrivate);
  const { status, text } = await post(url, request, { allowPrivate, signal });
  if (status >= 200 && status < 300) return;
  const retry = status === 408 || status === 429 || status >= 500;
  throw elavaError(retry ? 'CHANNEL_UNREACHABLE' : 'CHANNEL_REFUSED', `${url.host} answers ${status}: ${text}`);
}

function addressOf(text: string, allowPrivate: boolean): URL {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw elavaError('CHANNEL_REFUSED', 'the url is not http or https');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivate && isIP(host) !== 0 && isInside(host)) throw addressError(host);
  return url;
}

function post(url: URL, { headers, body }: Posted, { allowPrivate, signal }: SendOptions) {
  const { request } = url.protocol === 'https:' ? https : http;
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const fail = (error: Error): void => {
      const text = signal.aborted ? 'it took too long' : messageOf(error);
      if (codeOf(error) === 'CHANNEL_ADDRESS') reject(error);
      else reject(elavaError('CHANNEL_UNREACHABLE', `${url.host}: ${text}`, { cause: error }));
    };
    const call = request(
      url,
      {
        method: 'POST',
        signal,
        agent: false,
        headers: { ...headers, 'user-agent': 'elava', 'content-length': Buffer.byteLength(body) },
        ...(allowPrivate ? {} : { lookup: publicLookup }),
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (text.length < MAX_ANSWER) text += chunk.slice(0, MAX_ANSWER - text.length);
          else response.destroy();
        });
        response.on('close', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    call.on('error', fail);
    call.end(body);
  });
}
