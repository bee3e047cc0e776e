/**
 * Request rates: a token bucket for each account × region × API, as AWS keeps them, filled at a share of what AWS
 * publishes so that the account's own tools are not starved. A throttled answer halves the rate, each good one raises it.
 */
import { type Clock, sleep } from '../../../lib/time.ts';

export interface Limit {
  /** Calls that may come at once. */
  readonly burst: number;
  /** Calls a second after that. */
  readonly perSecond: number;
}

const limit = (burst: number, perSecond: number): Limit => ({ burst, perSecond });

/**
 * Sources: EC2, docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html (Describe*, paginated); RDS,
 * AmazonRDS UserGuide, rds-api-throttling; STS, IAM UserGuide, reference_iam-quotas (600 a second); Lambda,
 * gettingstarted-limits ("remainder of the control plane API": 15). AWS publishes none for the others: they get what its
 * tools are known to bear.
 */
const published: Readonly<Record<string, Limit>> = {
  ec2: limit(100, 20),
  rds: limit(300, 12),
  lambda: limit(15, 15),
  s3: limit(200, 100),
  iam: limit(30, 15),
  dynamodb: limit(50, 25),
  sts: limit(600, 600),
  organizations: limit(15, 8),
  // Per account and region, as its API reference says.
  'cloudtrail:LookupEvents': limit(2, 2),
  // CloudWatch User Guide, "CloudWatch service quotas".
  'cloudwatch:GetMetricData': limit(50, 50),
  // KMS Developer Guide, "Request quotas": 500 a second or more for each call that reads.
  kms: limit(200, 200),
  // Route 53 Developer Guide, "Quotas": five a second for an account, all calls together.
  route53: limit(5, 5),
  // ECS Developer Guide, "Request throttling": reading of clusters and of services.
  ecs: limit(50, 20),
  // General Reference, "AWS Resource Groups Tagging API endpoints and quotas".
  'tagging:GetResources': limit(15, 15),
};
const unpublished = limit(20, 10);
/** Services that count all of their calls together, not each API by itself. */
const together: ReadonlySet<string> = new Set(['lambda', 'rds', 'route53']);

/** The limit of `service:Operation`. */
export function limitOf(api: string): Limit {
  return published[api] ?? published[api.slice(0, api.indexOf(':'))] ?? unpublished;
}

interface Bucket {
  readonly limit: Limit;
  tokens: number;
  at: number;
  /** Part of the rate that AWS bears at present: 1 until it throttles. */
  factor: number;
}

const SLOWEST = 0.05;
const RAISE = 0.02;
/** Beyond this many buckets those that have filled up again are forgotten: memory does not grow with accounts. */
const MAX_IDLE = 2000;

/** Rates that the processes of a cluster share (lib/budget.ts). */
export interface SharedRates {
  take(key: string, rate: Limit, signal: AbortSignal): Promise<number>;
  throttled(key: string, rate: Limit): Promise<void>;
  succeeded(key: string): void;
}

export interface LimiterOptions {
  /** Share of the published rates, 0 to 1. */
  readonly share: number;
  readonly clock: Clock;
  /** Undefined where one process is all there is. */
  readonly shared?: SharedRates | undefined;
}

export class Limiter {
  readonly #buckets = new Map<string, Bucket>();
  readonly #share: number;
  readonly #clock: Clock;
  readonly #shared: SharedRates | undefined;

  constructor({ share, clock, shared }: LimiterOptions) {
    this.#share = share;
    this.#clock = clock;
    this.#shared = shared;
  }

  /** Waits for a token of `place` (account/region) and `api`. Returns the milliseconds waited; rejects with CANCELLED. */
  async take(place: string, api: string, signal: AbortSignal): Promise<number> {
    if (!this.#shared) return this.#takeHere(place, api, signal);
    try {
      return await this.#shared.take(limitKey(place, api), this.#rateOf(api), signal);
    } catch (error) {
      if (signal.aborted) throw error;
      // Nobody to agree with just now: this process goes on at the whole rate, and AWS's answers slow it.
      return this.#takeHere(place, api, signal);
    }
  }

  async #takeHere(place: string, api: string, signal: AbortSignal): Promise<number> {
    const bucket = this.#bucket(place, api);
    const perMs = this.#refill(bucket);
    bucket.tokens -= 1;
    if (bucket.tokens >= 0) return 0;
    const wait = -bucket.tokens / perMs;
    try {
      await sleep(wait, signal);
    } catch (error) {
      bucket.tokens += 1;
      throw error;
    }
    return wait;
  }

  /** AWS has throttled a call: half the rate, and nothing saved up. */
  throttled(place: string, api: string): void {
    this.#shared?.throttled(limitKey(place, api), this.#rateOf(api)).catch(() => undefined);
    const bucket = this.#bucket(place, api);
    this.#refill(bucket);
    bucket.factor = Math.max(SLOWEST, bucket.factor / 2);
    bucket.tokens = Math.min(bucket.tokens, 0);
  }

  succeeded(place: string, api: string): void {
    this.#shared?.succeeded(limitKey(place, api));
    const bucket = this.#bucket(place, api);
    if (bucket.factor === 1) return;
    // What has accrued until now did so at the rate until now.
    this.#refill(bucket);
    bucket.factor = Math.min(1, bucket.factor + RAISE);
  }

  get size(): number {
    return this.#buckets.size;
  }

  #bucket(place: string, api: string): Bucket {
    const key = limitKey(place, api);
    const known = this.#buckets.get(key);
    if (known) return known;
    if (this.#buckets.size >= MAX_IDLE) this.#forget();
    const of = limitOf(api);
    const made = { limit: of, tokens: this.#most(of), at: this.#clock.now(), factor: 1 };
    this.#buckets.set(key, made);
    return made;
  }

  /** Adds what has accrued since the last call; returns the rate in calls a millisecond. */
  #refill(bucket: Bucket): number {
    const now = this.#clock.now();
    const perMs = (bucket.limit.perSecond * this.#share * bucket.factor) / 1000;
    bucket.tokens = Math.min(this.#most(bucket.limit), bucket.tokens + Math.max(0, now - bucket.at) * perMs);
    bucket.at = now;
    return perMs;
  }

  #rateOf(api: string): Limit {
    const of = limitOf(api);
    return { burst: this.#most(of), perSecond: of.perSecond * this.#share };
  }

  #most({ burst }: Limit): number {
    return Math.max(1, burst * this.#share);
  }

  #forget(): void {
    for (const [key, bucket] of this.#buckets) {
      this.#refill(bucket);
      if (bucket.factor === 1 && bucket.tokens >= this.#most(bucket.limit)) this.#buckets.delete(key);
    }
  }
}

/** Bucket that a call of `service:Operation` in an account and region counts in. */
export function limitKey(place: string, api: string): string {
  const service = api.slice(0, api.indexOf(':'));
  return `${place} ${together.has(service) ? service : api}`;
}
