/** Calls of AWS's API: paced, timed, counted, tried again where that can help, and failing with a code of ours. */
import { elavaError } from '../../../lib/errors.ts';
import type { Metrics } from '../../../lib/metrics.ts';
import { type Clock, sleep } from '../../../lib/time.ts';
import { Clients, type Credentials, OWN } from './clients.ts';
import { awsError, faultOf } from './errors.ts';
import { type Json, jsonSafe } from './json.ts';
import { Limiter, type SharedRates } from './limits.ts';
import { type InputOf, type OperationName, type OutputOf, type ServiceName, services } from './services.ts';

/** Where a call goes and who makes it. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** Gets new credentials after these have expired; absent where they are the caller's own. */
  readonly renew?: () => void;
}
export interface ApiOptions {
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Share of AWS's published request rates. */
  readonly rate: number;
  /** Rates that the processes of a cluster share. */
  readonly shared?: SharedRates | undefined;
  /** Units that are read at once. */
  readonly units?: number;
  /** How long one attempt may take, milliseconds. */
  readonly timeoutMs: number;
  /** First pause before another attempt, milliseconds; it doubles. Throttled calls wait ten times as long. */
  readonly pauseMs?: number;
  readonly random?: () => number;
}

/** Attempts of one call, the first included. */
const ATTEMPTS = 4;
const LONGEST_PAUSE_MS = 20_000;

export class Api {
  readonly #options: ApiOptions;
  readonly #clients: Clients;
  readonly #limiter: Limiter;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#clients = new Clients(options.units ?? 8);
    this.#limiter = new Limiter({ share: options.rate, clock: options.clock, shared: options.shared });
  }

  /**
   * One call of `service`'s `operation`; the answer is fit for JSON. Rejects with an AWS_ code, or CANCELLED. An error's
   * `data.aws` is the name that AWS gave it.
   */
  async call<S extends ServiceName, N extends OperationName<S>>(
    place: Place,
    [service, operation]: readonly [S, N],
    input: InputOf<S, N>,
    signal: AbortSignal,
  ): Promise<Json<OutputOf<S, N>>> {
    const request: Request = { place, service, operation, input, signal };
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.#attempt(request)) as Json<OutputOf<S, N>>;
      } catch (error) {
        const pause = this.#pauseAfter(error, request, attempt);
        if (pause === undefined) throw awsError(error, `${service}:${operation}`);
        if (pause > 0) await sleep(pause, signal);
      }
    }
  }

  /** Milliseconds by which AWS's clock is ahead of ours, as far as the answer's header tells: whole seconds. */
  async clockSkew({ region, credentials }: Place, signal: AbortSignal): Promise<number> {
    const { clock } = this.#options;
    try {
      const { date, sent } = await this.#timed(signal, (abort) =>
        this.#clients.dateOf({ service: 'sts', region, credentials, signal: abort }, clock),
      );
      const ahead = Date.parse(date) - (sent + clock.now()) / 2;
      if (Number.isNaN(ahead)) throw elavaError('AWS_RESPONSE_INVALID', 'sts: the answer says no time');
      return ahead;
    } catch (error) {
      throw awsError(error, 'sts:GetCallerIdentity');
    }
  }

  close(): void {
    this.#clients.close();
  }

  async #attempt(request: Request): Promise<unknown> {
    const { place, service, operation, input, signal } = request;
    const { metrics } = this.#options;
    const api = `${service}:${operation}`;
    const key = `${place.account}/${place.region}`;
    const waited = await this.#limiter.take(key, api, signal);
    if (waited > 0) metrics.awsWaitSeconds.labels(api).observe(waited / 1000);
    const start = performance.now();
    let outcome = 'ok';
    try {
      const answer = await this.#timed(signal, (abort) =>
        this.#clients.send(operation, input, {
          service,
          region: place.region,
          credentials: place.credentials,
          signal: abort,
        }),
      );
      this.#limiter.succeeded(key, api);
      return services[service].answersJson ? answer : jsonSafe(answer);
    } catch (error) {
      outcome = faultOf(error).code;
      if (outcome === 'AWS_THROTTLED') this.#limiter.throttled(key, api);
      throw error;
    } finally {
      metrics.awsCallSeconds.labels(api, outcome).observe((performance.now() - start) / 1000);
    }
  }

  /** Gives the work a signal that ends with the caller's or after the time of one attempt. */
  async #timed<T>(signal: AbortSignal, work: (abort: AbortSignal) => Promise<T>): Promise<T> {
    const { timeoutMs } = this.#options;
    const stop = new AbortController();
    const onAbort = (): void => stop.abort();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      stop.abort();
    }, timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      if (signal.aborted) onAbort();
      return await work(stop.signal);
    } catch (error) {
      if (signal.aborted) throw elavaError('CANCELLED', 'the call was cancelled', { cause: signal.reason });
      if (late) throw Object.assign(new Error(`no answer within ${timeoutMs} ms`), { name: 'TimeoutError' });
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Lets go of credentials that have expired. False where there is no way to others. */
  #renew(place: Place, service: ServiceName): boolean {
    if (place.credentials.key === OWN) {
      this.#clients.forgetOwn();
      return true;
    }
    place.renew?.();
    this.#clients.forget(place.credentials, service, place.region);
    return place.renew !== undefined;
  }

  /** Milliseconds to wait before the call is tried again; undefined when it should not be. */
  #pauseAfter(error: unknown, { place, service, signal }: Request, attempt: number): number | undefined {
    const { pauseMs = 100, random = Math.random } = this.#options;
    if (signal.aborted || attempt >= ATTEMPTS) return undefined;
    const { code, retry } = faultOf(error);
    if (code === 'AWS_CREDENTIALS_EXPIRED' && attempt === 1 && this.#renew(place, service)) return 0;
    if (retry === 'no') return undefined;
    const longest = Math.min(LONGEST_PAUSE_MS, pauseMs * (retry === 'slow' ? 10 : 1) * 2 ** (attempt - 1));
    return longest * (0.5 + random() / 2);
  }
}

interface Request {
  readonly place: Place;
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: object;
  readonly signal: AbortSignal;
}
