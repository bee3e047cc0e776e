/** Request rates as AWS enforces them: a token bucket for each account, region and API. */
import type { Operation } from '../wire/service.ts';

export interface Rate {
  /** Calls at once. */
  readonly burst: number;
  /** Calls a second after that. */
  readonly refill: number;
}

/** EC2: docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html. RDS: AmazonRDS UserGuide, rds-api-throttling. */
const describe: Rate = { burst: 100, refill: 20 };
const unpaged: Rate = { burst: 50, refill: 10 };
const mutating: Rate = { burst: 50, refill: 5 };
const rds: Rate = { burst: 300, refill: 12 };
/** Customary figures: of these only DynamoDB's and STS's are published. S3 takes thousands a second and is not limited. */
const others: Readonly<Record<string, Rate>> = {
  lambda: { burst: 15, refill: 15 },
  iam: { burst: 30, refill: 15 },
  organizations: { burst: 15, refill: 8 },
  // Two a second for an account and region (API reference, LookupEvents).
  cloudtrail: { burst: 2, refill: 2 },
  dynamodb: { burst: 2500, refill: 2500 },
  sts: { burst: 600, refill: 600 },
};
/** DescribeX calls that EC2 limits further when they are neither filtered nor paged. */
const heavy = new Set([
  'DescribeInstances',
  'DescribeVolumes',
  'DescribeSnapshots',
  'DescribeSecurityGroups',
  'DescribeNetworkInterfaces',
]);

/** AWS's rate for a call, undefined where there is none to run into. */
export function awsRate(
  service: string,
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
): Rate | undefined {
  if (service === 'rds') return rds;
  if (service !== 'ec2') return others[service];
  if (!operation.name.startsWith('Describe')) return mutating;
  const { MaxResults, NextToken, Filters } = input;
  const whole = MaxResults === undefined && NextToken === undefined && Filters === undefined;
  return whole && heavy.has(operation.name) ? unpaged : describe;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Buckets by key. `scale` shrinks or widens every rate, so that tests need not make hundreds of calls. */
export class Limits {
  readonly #buckets = new Map<string, Bucket>();
  readonly #scale: number;

  constructor(scale = 1) {
    this.#scale = scale;
  }

  /** Whether a call may pass. `now` in milliseconds of any steady clock. */
  take(key: string, rate: Rate, now: number): boolean {
    const burst = Math.max(1, rate.burst * this.#scale);
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * rate.refill * this.#scale);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
