/** The shape of the estate before anything happens to it: accounts, regions, and how many resources each unit has. */
import { hashText, mix } from './random.ts';

export const resourceTypes = [
  'ec2',
  'ebs',
  'snapshot',
  'security_group',
  'rds',
  's3',
  'lambda',
  'iam_role',
  'dynamodb',
] as const;
export type ResourceType = (typeof resourceTypes)[number];

export type Environment = 'prod' | 'staging' | 'dev';

/** How one account writes its tags: real estates agree on nothing. */
export interface TagHabit {
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
}
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
  /** In all, or for each type (types that are left out have none but AWS's own defaults). */
  readonly resources: number | Partial<Record<ResourceType, number>>;
  /** Milliseconds since 1970. */
  readonly startTime: number;
}

/** Parts of a hundred, as in a middling estate: many disks and backups, few databases. */
const mixture: Record<ResourceType, number> = {
  ec2: 18,
  ebs: 28,
  snapshot: 22,
  security_group: 9,
  rds: 3,
  s3: 6,
  lambda: 7,
  iam_role: 4,
  dynamodb: 3,
};
/** AWS makes these itself: the default group of the default VPC, and service-linked roles. They count. */
const ownedByAws: Partial<Record<ResourceType, number>> = { security_group: 1, iam_role: 3 };

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
export function makeAccounts({ seed, accounts, startTime }: EstateOptions): Account[] {
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
    };
  });
}

/** Lays the resources out over the units, by weights that differ between account-regions, exact in the sum. */
export class Layout {
  readonly #units = new Map<string, Unit>();

  constructor(options: EstateOptions, accounts: readonly Account[]) {
    const wanted = wantedCounts(options.resources);
    for (const type of resourceTypes) {
      const regions = type === 'iam_role' ? ['global'] : options.regions;
      const places = accounts.flatMap((account) => regions.map((region) => ({ account, region })));
      const weights = places.map(
        ({ account, region }) => 0.4 + (hashText(`${options.seed}/${account.id}/${region}`) % 1000) / 800,
      );
      const counts = share(wanted[type], weights);
      places.forEach(({ account, region }, i) => {
        const key = `${account.id}/${region}/${type}`;
        const count = Math.max(counts[i] as number, ownedByAws[type] ?? 0);
        this.#units.set(key, { account, region, type, key, hash: hashText(`${options.seed}/${key}`), count });
      });
    }
  }

  unit(account: string, region: string, type: ResourceType): Unit | undefined {
    return this.#units.get(`${account}/${type === 'iam_role' ? 'global' : region}/${type}`);
  }

  units(): IterableIterator<Unit> {
    return this.#units.values();
  }
}

function wantedCounts(resources: EstateOptions['resources']): Record<ResourceType, number> {
  if (typeof resources === 'number') {
    const counts = share(
      resources,
      resourceTypes.map((type) => mixture[type]),
    );
    return Object.fromEntries(resourceTypes.map((type, i) => [type, counts[i]])) as Record<ResourceType, number>;
  }
  return Object.fromEntries(resourceTypes.map((type) => [type, resources[type] ?? 0])) as Record<ResourceType, number>;
}

/** Splits `total` by weight into whole numbers whose sum is `total`. */
function share(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  let before = 0;
  let given = 0;
  return weights.map((weight) => {
    before += weight;
    const upTo = Math.round((total * before) / sum);
    const mine = upTo - given;
    given = upTo;
    return mine;
  });
}
