/** The words for an estate: what it is made from, its accounts and units. */
import { mix } from './random.ts';

/** The types that every estate has unless it says otherwise. */
const firstTypes = ['ec2', 'ebs', 'snapshot', 'security_group', 'rds', 's3', 'lambda', 'iam_role', 'dynamodb'] as const;
/** All that can be modelled. */
export const resourceTypes = [
  ...firstTypes,
  'vpc',
  'subnet',
  'nat_gateway',
  'eip',
  'eni',
  'ami',
  'asg',
  'eks',
  'ecs',
  'ecs_service',
  'aurora',
  'elasticache',
  'kms',
  'ecr',
  'route53',
  'elb',
  'elb_classic',
  'target_group',
  'log_group',
  'sqs',
] as const;
export type ResourceType = (typeof resourceTypes)[number];

export type Environment = 'prod' | 'staging' | 'dev';

/** How one account writes its tags: real estates agree on nothing. */
interface TagHabit {
  readonly owner: string;
  readonly environment: string;
  readonly names: Readonly<Record<Environment, string>>;
}
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly environment: Environment;
  readonly index: number;
  readonly habit: TagHabit;
  readonly joinedAt: number;
  /** Closed, but still listed for ninety days: no one gets in. */
  readonly suspended: boolean;
}
/** Types without a region: one unit an account, in the region "global". */
export const globalTypes: ReadonlySet<ResourceType> = new Set(['iam_role', 'route53']);
/** Account × region × type. `region` is "global" for types that have none. */
export interface Unit {
  readonly account: Account;
  readonly region: string;
  readonly type: ResourceType;
  readonly key: string;
  readonly hash: number;
  /** Slots that the generator fills; what is created later comes after them. */
  readonly count: number;
}
export interface EstateOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly regions: readonly string[];
  /** The types that the estate has: the first nine, and those that `resources` counts, when absent. */
  readonly types?: 'all' | readonly ResourceType[];
  /** In all, or for each type (types that are left out have none but AWS's own defaults). */
  readonly resources: number | Partial<Record<ResourceType, number>>;
  /** How many accounts, the last ones, are suspended; none when absent. */
  readonly suspended?: number;
  /** Resources of each type that only generic listers know, in each account and region; none when absent. */
  readonly longTail?: number;
  /** The first account has so many of a type in the first region, instead of its share of `resources`. */
  readonly giant?: { readonly type: ResourceType; readonly resources: number };
  /** Milliseconds since 1970. */
  readonly startTime: number;
}

const habits: readonly TagHabit[] = [
  { owner: 'owner', environment: 'environment', names: { prod: 'prod', staging: 'staging', dev: 'dev' } },
  { owner: 'Owner', environment: 'Environment', names: { prod: 'production', staging: 'staging', dev: 'development' } },
  { owner: 'owner', environment: 'env', names: { prod: 'prd', staging: 'stg', dev: 'dev' } },
  { owner: 'elava_owner', environment: 'Env', names: { prod: 'Production', staging: 'Staging', dev: 'Dev' } },
];
const environments: readonly Environment[] = ['prod', 'staging', 'dev'];
const domains = [
  'payments',
  'platform',
  'search',
  'data',
  'identity',
  'logistics',
  'media',
  'risk',
  'growth',
  'shared',
];
const firstAccount = 210_000_000_001;

/** Every account of the estate, in the order of its organisation. The first one is the management account. */
export function makeAccounts({ seed, accounts, startTime, suspended = 0 }: EstateOptions): Account[] {
  return Array.from({ length: accounts }, (_, index) => {
    const environment = environments[index % environments.length] as Environment;
    const domain = domains[Math.floor(index / environments.length) % domains.length] as string;
    const round = Math.floor(index / (environments.length * domains.length));
    const name = `${domain}-${environment}${round > 0 ? `-${round + 1}` : ''}`;
    const h = mix(seed, index);
    return {
      id: String(firstAccount + index * 7_919 + (h % 7_000)),
      name,
      email: `aws+${name}@acme.example`,
      environment,
      index,
      habit: habits[h % habits.length] as TagHabit,
      joinedAt: startTime - (400 + (h % 900)) * 86_400_000,
      suspended: index > 0 && index >= accounts - suspended,
    };
  });
}

/** The types that an estate has, in the order of the registry. */
export function typesOf({ types, resources, giant }: EstateOptions): ResourceType[] {
  if (types === 'all') return [...resourceTypes];
  const counted = typeof resources === 'number' ? [] : Object.keys(resources);
  const wanted = new Set<string>([...(types ?? firstTypes), ...counted, ...(giant ? [giant.type] : [])]);
  return resourceTypes.filter((type) => wanted.has(type));
}

/** Throws RangeError for an estate that cannot be. */
export function checkOptions({ accounts, regions, resources, giant, startTime }: EstateOptions): void {
  const counts = [...(typeof resources === 'number' ? [resources] : Object.values(resources)), giant?.resources ?? 0];
  if (!(Number.isInteger(accounts) && accounts > 0)) throw new RangeError('an estate has at least one account');
  if (regions.length === 0 || !regions.every((region) => /^[a-z]{2}(-[a-z]+)+-\d+$/.test(region))) {
    throw new RangeError(`regions must be names such as eu-west-1: ${regions.join(', ')}`);
  }
  if (!counts.every((count) => Number.isInteger(count) && count >= 0))
    throw new RangeError('resources must be whole numbers');
  if (!Number.isFinite(startTime)) throw new RangeError('startTime must be milliseconds since 1970');
}
