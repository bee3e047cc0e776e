/** The tenants that are served: what is on disk and in the store for each, loaded into the engine whole or not at all. */
import { codeOf, messageOf } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { Diagnostic, TenantInfo, TenantOffer } from '../policy/policy.contract.ts';
import { readTenant, type TenantFile, type TenantSources } from './directory.ts';
import type { StoredPolicy, TenantState } from './tenants.contract.ts';

export interface Engine {
  loadTenant(offer: TenantOffer): Promise<TenantInfo>;
  removeTenant(params: { tenant: string }): Promise<{ removed: boolean }>;
  tenants(params: { tenant?: string }): Promise<{ tenants: TenantInfo[] }>;
}
export interface CatalogOptions {
  readonly directory: string;
  readonly engine: Engine;
  readonly limits: NonNullable<TenantOffer['limits']>;
  readonly log: Logger;
  /** Told of every load. */
  readonly onLoad: (tenant: string, isGood: boolean) => void;
  /** Told of a tenant that is gone. */
  readonly onGone: (tenant: string) => void;
}

interface Known {
  sources: TenantSources;
  policies: readonly StoredPolicy[];
  /** What of the last offer could not be read at all. */
  fault: readonly Diagnostic[];
  /** Loads of a tenant follow one another. */
  turn: Promise<unknown>;
}

const nothing: TenantSources = { files: [], archive: undefined, version: '', errors: [] };

export class Catalog {
  readonly #options: CatalogOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: CatalogOptions) {
    this.#options = options;
  }

  has(tenant: string): boolean {
    return this.#known.has(tenant);
  }

  get size(): number {
    return this.#known.size;
  }

  /** Reads a tenant's directory again. `lazy`: it is compiled when it is first asked. */
  async read(tenant: string, { lazy = false } = {}): Promise<void> {
    const known = this.#of(tenant);
    await this.#inTurn(known, async () => {
      try {
        known.sources = await readTenant(this.#options.directory, tenant);
        known.fault = [];
      } catch (error) {
        known.fault = [{ code: codeOf(error), message: messageOf(error), file: '', row: 0, col: 0 }];
      }
      await this.#load(tenant, known, lazy);
    });
  }

  /** The directory is gone; what was made by the API stays. */
  async vanish(tenant: string): Promise<void> {
    const known = this.#known.get(tenant);
    if (!known) return;
    await this.#inTurn(known, async () => {
      known.sources = nothing;
      known.fault = [];
      if (known.policies.length > 0) await this.#load(tenant, known, false);
      else await this.#remove(tenant);
    });
  }

  /** The policies of the API for a tenant, all of them. */
  async take(tenant: string, policies: readonly StoredPolicy[]): Promise<void> {
    if (policies.length === 0 && !this.#known.has(tenant)) return;
    const known = this.#of(tenant);
    await this.#inTurn(known, async () => {
      known.policies = policies;
      if (policies.length === 0 && isEmpty(known.sources)) await this.#remove(tenant);
      else await this.#load(tenant, known, false);
    });
  }

  /** What would be served with these policies of the API, for a trial. */
  offerOf(tenant: string, policies: readonly StoredPolicy[]): TenantOffer {
    const { sources } = this.#known.get(tenant) ?? { sources: nothing };
    return offer(tenant, sources, policies, this.#options.limits);
  }

  /** Whether a bundle of OPA serves the tenant: it owns all of the tenant's policies. */
  isBundle(tenant: string): boolean {
    return this.#known.get(tenant)?.sources.archive !== undefined;
  }

  policies(tenant: string): readonly StoredPolicy[] {
    return this.#known.get(tenant)?.policies ?? [];
  }

  async states(only?: string): Promise<TenantState[]> {
    const { tenants } = await this.#options.engine.tenants(only === undefined ? {} : { tenant: only });
    return tenants.flatMap((info): TenantState[] => {
      const known = this.#known.get(info.tenant);
      return known ? [stateOf(info, known)] : [];
    });
  }

  #of(tenant: string): Known {
    const found = this.#known.get(tenant);
    if (found) return found;
    const known: Known = { sources: nothing, policies: [], fault: [], turn: Promise.resolve() };
    this.#known.set(tenant, known);
    return known;
  }

  async #inTurn(known: Known, work: () => Promise<void>): Promise<void> {
    const turn = known.turn.then(work);
    known.turn = turn.catch(() => undefined);
    await turn;
  }

  async #remove(tenant: string): Promise<void> {
    this.#known.delete(tenant);
    await this.#options.engine.removeTenant({ tenant });
    this.#options.onGone(tenant);
  }

  async #load(tenant: string, known: Known, lazy: boolean): Promise<void> {
    const { engine, log, onLoad, limits } = this.#options;
    const wrong = [...known.fault, ...known.sources.errors];
    const offered = offer(tenant, known.sources, known.policies, limits);
    if (wrong.length > 0) {
      known.fault = wrong;
      log.error({ tenant, errors: wrong }, 'a tenant cannot be read');
      return onLoad(tenant, false);
    }
    const info = await engine.loadTenant({ ...offered, ...(lazy ? { lazy } : {}) });
    if (info.errors.length > 0) log.error({ tenant, errors: info.errors }, 'a tenant cannot be loaded');
    onLoad(tenant, info.errors.length === 0);
  }
}

function isEmpty({ files, archive }: TenantSources): boolean {
  return files.length === 0 && archive === undefined;
}

function offer(
  tenant: string,
  { files, archive, version }: TenantSources,
  policies: readonly StoredPolicy[],
  limits: CatalogOptions['limits'],
): TenantOffer {
  const content = archive === undefined ? { files: [...files, ...policyFiles(policies)] } : { archive };
  return {
    tenant,
    ...content,
    limits,
    roots: [`tenants/${tenant}`, 'system', 'elava/rules'],
    ...(version === '' ? {} : { revision: version }),
  };
}

/** One file a policy that is enabled; what its columns say stands in the text of a rule policy too. */
function policyFiles(policies: readonly StoredPolicy[]): TenantFile[] {
  return policies
    .filter(({ enabled }) => enabled)
    .map((policy) =>
      policy.kind === 'rego'
        ? { path: `api/${policy.id}${policy.id.endsWith('.rego') ? '' : '.rego'}`, text: policy.text }
        : { path: `api/${policy.id}.policy.yaml`, text: policy.text },
    );
}

function stateOf(info: TenantInfo, { sources, policies, fault }: Known): TenantState {
  const errors = [...fault, ...info.errors];
  return {
    id: info.tenant,
    state: errors.length === 0 ? 'ready' : info.state === 'serving' ? 'stale' : 'failed',
    version: sources.version,
    bundle: info.digest,
    loaded: info.loaded,
    source: sources.archive !== undefined ? 'bundle' : sources.files.length > 0 ? 'directory' : 'api',
    files: sources.files.length + policies.length,
    errors,
  };
}
