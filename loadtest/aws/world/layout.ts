/** How many resources each unit has: by weights that differ between account-regions, exact in the sum. */
import { type Account, type EstateOptions, type ResourceType, resourceTypes, type Unit } from './estate.ts';
import { hashText } from './random.ts';

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
const nowhere = ['global'];

/** Units are made when they are asked for: an organisation of ten thousand accounts has half a million. */
export class Layout {
  readonly #options: EstateOptions;
  readonly #accounts: readonly Account[];
  readonly #byId: ReadonlyMap<string, Account>;
  /** Counts of each type, account by account, each region by region. */
  readonly #counts: Readonly<Record<ResourceType, Int32Array>>;
  readonly #units = new Map<string, Unit>();

  constructor(options: EstateOptions, accounts: readonly Account[]) {
    this.#options = options;
    this.#accounts = accounts;
    this.#byId = new Map(accounts.map((account) => [account.id, account]));
    const wanted = wantedCounts(options.resources);
    const regional = weights(options.seed, accounts, options.regions);
    const global = weights(options.seed, accounts, nowhere);
    this.#counts = Object.fromEntries(
      resourceTypes.map((type) => [type, share(wanted[type], type === 'iam_role' ? global : regional)]),
    ) as Record<ResourceType, Int32Array>;
  }

  account(id: string): Account | undefined {
    return this.#byId.get(id);
  }

  /** undefined outside the estate. Types without a region take any. */
  unit(id: string, region: string, type: ResourceType): Unit | undefined {
    const regions = this.#regions(type);
    const place = type === 'iam_role' ? 'global' : region;
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
    return type === 'iam_role' ? nowhere : this.#options.regions;
  }

  #make(account: Account, index: number, type: ResourceType): Unit {
    const regions = this.#regions(type);
    const region = regions[index] as string;
    const key = `${account.id}/${region}/${type}`;
    const given = this.#counts[type][account.index * regions.length + index] as number;
    const count = Math.max(given, ownedByAws[type] ?? 0);
    const unit = { account, region, type, key, hash: hashText(`${this.#options.seed}/${key}`), count };
    this.#units.set(key, unit);
    return unit;
  }
}

/** Between two fifths and eight fifths of the average, the same for all types of an account-region. */
function weights(seed: number, accounts: readonly Account[], regions: readonly string[]): number[] {
  return accounts.flatMap(({ id }) =>
    regions.map((region) => 0.4 + (hashText(`${seed}/${id}/${region}`) % 1000) / 800),
  );
}

function wantedCounts(resources: EstateOptions['resources']): Record<ResourceType, number> {
  const parts = typeof resources === 'number' ? share(resources, Object.values(mixture)) : undefined;
  const types = Object.keys(mixture) as ResourceType[];
  const counts = types.map((type, i) => [
    type,
    parts?.[i] ?? (resources as Partial<Record<ResourceType, number>>)[type] ?? 0,
  ]);
  return Object.fromEntries(counts) as Record<ResourceType, number>;
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
