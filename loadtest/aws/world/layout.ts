/** How many resources each unit has: by weights that differ between account-regions, exact in the sum. */
import { type Account, type EstateOptions, globalTypes, type ResourceType, typesOf, type Unit } from './estate.ts';
import { hashText } from './random.ts';

/** How many of each there are to the others, as in a middling estate: many disks and backups, few databases. */
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
  vpc: 1,
  subnet: 6,
  nat_gateway: 1,
  eip: 2,
  eni: 6,
  ami: 4,
  asg: 2,
  eks: 1,
  ecs: 1,
  ecs_service: 4,
  aurora: 1,
  elasticache: 1,
  kms: 3,
  ecr: 3,
  route53: 1,
  elb: 2,
  elb_classic: 1,
  target_group: 3,
  log_group: 14,
  sqs: 4,
};
/**
 * AWS makes these itself: the default VPC with its group and a subnet in each zone, service-linked roles, keys. They count. The
 * fourth key is the one that the account's disks use.
 */
const fewest: Partial<Record<ResourceType, number>> = { security_group: 1, iam_role: 3, vpc: 1, subnet: 3, kms: 4 };
/** Types that cannot be without another: each gateway has an address and an interface, and a service has a cluster. */
const needs: Partial<Record<ResourceType, readonly [of: ResourceType, each: number]>> = {
  eip: ['nat_gateway', 1],
  eni: ['nat_gateway', 1],
  ecs: ['ecs_service', 0],
};
const nowhere = ['global'];

/** Units are made when they are asked for: an organisation of ten thousand accounts has half a million. */
export class Layout {
  readonly #options: EstateOptions;
  readonly #accounts: readonly Account[];
  readonly #byId: ReadonlyMap<string, Account>;
  /** Counts of each type, account by account, each region by region. */
  readonly #counts: ReadonlyMap<ResourceType, Int32Array>;
  readonly #units = new Map<string, Unit>();

  constructor(options: EstateOptions, accounts: readonly Account[]) {
    this.#options = options;
    this.#accounts = accounts;
    this.#byId = new Map(accounts.map((account) => [account.id, account]));
    const types = typesOf(options);
    const wanted = wantedCounts(options.resources, types);
    const regional = weights(options.seed, accounts, options.regions);
    const global = weights(options.seed, accounts, nowhere);
    this.#counts = new Map(
      types.map((type) => [type, share(wanted.get(type) ?? 0, globalTypes.has(type) ? global : regional)]),
    );
  }

  account(id: string): Account | undefined {
    return this.#byId.get(id);
  }

  /** undefined outside the estate. Types without a region take any. */
  unit(id: string, region: string, type: ResourceType): Unit | undefined {
    const regions = this.#regions(type);
    const place = globalTypes.has(type) ? 'global' : region;
    const known = this.#units.get(`${id}/${place}/${type}`);
    if (known) return known;
    const account = this.#byId.get(id);
    const index = regions.indexOf(place);
    return account && index >= 0 ? this.#make(account, index, type) : undefined;
  }

  *units(type: ResourceType, ofAccount?: string): Generator<Unit> {
    const one = ofAccount === undefined ? undefined : this.#byId.get(ofAccount);
    const accounts = ofAccount === undefined ? this.#accounts : one ? [one] : [];
    for (const account of accounts) {
      for (const region of this.#regions(type)) yield this.unit(account.id, region, type) as Unit;
    }
  }

  #regions(type: ResourceType): readonly string[] {
    return globalTypes.has(type) ? nowhere : this.#options.regions;
  }

  #make(account: Account, index: number, type: ResourceType): Unit {
    const regions = this.#regions(type);
    const region = regions[index] as string;
    const key = `${account.id}/${region}/${type}`;
    const count = this.#count(type, account.index * regions.length + index);
    const unit = { account, region, type, key, hash: hashText(`${this.#options.seed}/${key}`), count };
    this.#units.set(key, unit);
    return unit;
  }

  #giant(type: ResourceType, index: number): number | undefined {
    const { giant } = this.#options;
    return giant?.type === type && index === 0 ? giant.resources : undefined;
  }

  /** None of a type that the estate does not have. */
  #count(type: ResourceType, index: number): number {
    const given = this.#giant(type, index) ?? this.#counts.get(type)?.[index];
    if (given === undefined) return 0;
    const need = needs[type];
    const others = need ? (this.#counts.get(need[0])?.[index] ?? 0) : 0;
    return Math.max(given, fewest[type] ?? 0, need?.[1] === 0 ? Math.min(1, others) : others);
  }
}

/** Between two fifths and eight fifths of the average, the same for all types of an account-region. */
function weights(seed: number, accounts: readonly Account[], regions: readonly string[]): number[] {
  return accounts.flatMap(({ id }) =>
    regions.map((region) => 0.4 + (hashText(`${seed}/${id}/${region}`) % 1000) / 800),
  );
}

function wantedCounts(
  resources: EstateOptions['resources'],
  types: readonly ResourceType[],
): ReadonlyMap<ResourceType, number> {
  if (typeof resources !== 'number') return new Map(types.map((type) => [type, resources[type] ?? 0]));
  const parts = share(
    resources,
    types.map((type) => mixture[type]),
  );
  return new Map(types.map((type, i) => [type, parts[i] as number]));
}

/** Splits `total` by weight into whole numbers whose sum is `total`. */
function share(total: number, weights: readonly number[]): Int32Array {
  const sum = weights.reduce((a, b) => a + b, 0);
  const parts = new Int32Array(weights.length);
  let before = 0;
  let given = 0;
  weights.forEach((weight, i) => {
    before += weight;
    const upTo = Math.round((total * before) / sum);
    parts[i] = upTo - given;
    given = upTo;
  });
  return parts;
}
