/**
 * A bundle behind a URL, asked for as OPA asks for its own: `If-None-Match` with the last ETag, and `Prefer: wait=…` where
 * the server says that it supports long polling (openpolicyagent.org/docs/management-bundles).
 */
import { elavaError, messageOf } from '../../../lib/errors.ts';
import { sleep } from '../../../lib/time.ts';
import type { Sources } from '../sources.ts';
import { maxArchiveBytes, unpackBundle } from './archive.ts';
import type { PolicySource, SourceOptions } from './policy-source.ts';

/** The media type by which a server says that it keeps a request until there is a newer bundle. */
const longPolling = 'application/vnd.openpolicyagent.bundles';

export class Download implements PolicySource {
  readonly name: string;
  readonly #options: SourceOptions;
  #etag = '';
  #waits = false;
  #last: Uint8Array | undefined;

  constructor(url: string, options: SourceOptions) {
    this.name = url;
    this.#options = options;
  }

  /** The bundle that was downloaded last; downloads where there is none yet. */
  async read(signal?: AbortSignal): Promise<Sources> {
    if (!this.#last) await this.#fetch(signal);
    const { keys } = this.#options;
    return unpackBundle(this.#last ?? new Uint8Array(), { name: this.name, keys });
  }

  /** A server that fails is asked again after a pause, and what is served stays. */
  async watch(signal: AbortSignal, onChange: () => Promise<unknown>): Promise<void> {
    while (!signal.aborted) {
      const began = performance.now();
      const changed = await this.#fetch(signal).catch(() => undefined);
      if (signal.aborted) return;
      if (changed) await onChange();
      // A server that waits has done the pausing, unless it only says so.
      const idle = this.#waits && changed !== undefined ? minPauseMs : this.#options.pollMs;
      const left = idle - (performance.now() - began);
      await sleep(Math.max(minPauseMs, left), signal, { unref: true }).catch(() => undefined);
    }
  }

  /** True when there is another bundle than before. */
  async #fetch(signal?: AbortSignal): Promise<boolean> {
    try {
      const response = await this.#ask(signal);
      if (response.status === 304) {
        await response.body?.cancel();
        return false;
      }
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      this.#last = await bodyOf(response);
      this.#etag = response.headers.get('etag') ?? '';
      return true;
    } catch (cause) {
      const why = messageOf((cause as Error).cause ?? cause);
      throw elavaError('POLICY_LOAD', `${this.name} cannot be downloaded: ${why}`, { cause });
    }
  }

  async #ask(signal: AbortSignal | undefined): Promise<Response> {
    const { pollMs, timeoutMs } = this.#options;
    const late = AbortSignal.timeout(timeoutMs + (this.#waits ? pollMs : 0));
    const both = signal ? AbortSignal.any([signal, late]) : late;
    const response = await fetch(this.name, { headers: this.#headers(), signal: both, redirect: 'error' });
    this.#waits = response.headers.get('content-type')?.split(';')[0]?.trim() === longPolling;
    return response;
  }

  #headers(): Record<string, string> {
    const { token, pollMs } = this.#options;
    const wait = this.#etag === '' ? '' : `;wait=${Math.max(1, Math.round(pollMs / 1000))}`;
    return {
      Prefer: `modes=snapshot${wait}`,
      ...(this.#etag !== '' && { 'If-None-Match': this.#etag }),
      ...(token !== '' && { Authorization: `Bearer ${token}` }),
    };
  }
}

const minPauseMs = 100;

/** Read in parts, so that one without an end does not fill the memory. */
async function bodyOf(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > maxArchiveBytes) throw new Error(`it is larger than ${maxArchiveBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
