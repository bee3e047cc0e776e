/**
 * The tenants' policies in this process: each has its own bundle, data, limits and revision, replaced whole while it is
 * asked. Nothing here is durable: whoever has the sources loads them again after a start.
 */
import { codeOf, elavaError } from '../../../lib/errors.ts';
import { isTenantId } from '../../../lib/tenant-id.ts';
import type { RegoCompiler } from '../compiler/compiler.ts';
import { describeDiagnostic } from '../compiler/compiler.ts';
import type { Diagnostic } from '../policy.contract.ts';
import type { PolicyPool } from '../pool.ts';
import { Slots } from '../slots.ts';
import type { Sources } from '../sources.ts';
import { placeOf } from './document-path.ts';
import { ModuleCache } from './module-cache.ts';
import type { QueryLimits } from './query-limits.ts';
import { type Answer, type Question, questionLine } from './question.ts';
import { buildTenant, type TenantBundle } from './tenant-bundle.ts';

export interface TenantsOptions {
  readonly compiler: RegoCompiler;
  readonly pool: Pick<PolicyPool, 'query' | 'warm'>;
  readonly now: () => number;
  /** Of a tenant that brings none of its own. */
  readonly limits: QueryLimits;
  /** So many may be known; 20,000. */
  readonly maxTenants?: number;
  /** So many compiled modules are kept; 256. The others are made again when they are asked, in a few milliseconds. */
  readonly maxModules?: number;
}
export interface TenantOffer {
  readonly tenant: string;
  readonly sources: Sources;
  /** Names the bundle in answers; its digest when absent. */
  readonly revision?: string | undefined;
  /** Packages that it may have, as paths; `tenants/<id>` and `system` when absent. */
  readonly roots?: readonly string[] | undefined;
  readonly limits?: Partial<QueryLimits> | undefined;
  /** A tenant that is not known yet is compiled when it is first asked. One that is known is replaced as ever. */
  readonly lazy?: boolean | undefined;
}
export interface TenantInfo {
  readonly tenant: string;
  /** "" while nothing is served. */
  readonly revision: string;
  readonly digest: string;
  /** ISO 8601 of the bundle that is served, "" for none. */
  readonly loaded: string;
  /** `waiting`: not compiled yet. `broken`: nothing good was ever given. */
  readonly state: 'serving' | 'waiting' | 'broken';
  readonly packages: readonly string[];
  /** What is wrong with what was offered last; what was good before it serves on. */
  readonly errors: readonly Diagnostic[];
}
export interface Asked {
  readonly revision: string;
  readonly digest: string;
  readonly answers: readonly Answer[];
}

interface Served {
  readonly revision: string;
  readonly loaded: string;
  readonly bundle: TenantBundle;
  readonly limits: QueryLimits;
}
interface Tenant {
  served?: Served | undefined;
  errors: readonly Diagnostic[];
  /** What was offered and is not compiled yet. */
  waiting?: TenantOffer | undefined;
  /** The last load under way or done: loads of one tenant follow one another. */
  turn: Promise<unknown>;
}

/** Loads that the compiler's own queue gets at once; the others wait here. */
const loadsAtOnce = 4;

export class Tenants {
  readonly #options: TenantsOptions;
  readonly #tenants = new Map<string, Tenant>();
  readonly #modules: ModuleCache;
  readonly #loading: Slots;
  readonly #maxTenants: number;
  readonly #stopping = new AbortController();

  constructor(options: TenantsOptions) {
    this.#options = options;
    this.#maxTenants = options.maxTenants ?? 20_000;
    this.#modules = new ModuleCache(options.compiler, options.maxModules ?? 256);
    this.#loading = new Slots(loadsAtOnce, this.#maxTenants);
  }

  /**
   * Takes a bundle in the place of the tenant's last one, whole or not at all: questions that are under way end on the
   * revision that they began with. What is wrong with the policies is in the answer, which comes when every thread runs:
   * the tenant may be asked now. Errors: TENANT_ID, TENANT_LIMIT, CANCELLED, those of the compiler.
   */
  async load(offer: TenantOffer): Promise<TenantInfo> {
    const tenant = this.#known(offer.tenant) ?? this.#add(offer.tenant);
    const isLater = offer.lazy && !tenant.served && tenant.errors.length === 0;
    tenant.waiting = isLater ? offer : undefined;
    const warm = this.#options.pool.warm();
    if (!isLater) await this.#inTurn(tenant, () => this.#take(tenant, offer));
    await warm;
    return infoOf(offer.tenant, tenant);
  }

  /** Questions that are under way are answered still. False for one that is not known. */
  remove(id: string): boolean {
    return this.#tenants.delete(id);
  }

  list(): TenantInfo[] {
    return [...this.#tenants].map(([id, tenant]) => infoOf(id, tenant));
  }

  /** Undefined for one that is not known. */
  info(id: string): TenantInfo | undefined {
    const tenant = this.#known(id);
    return tenant && infoOf(id, tenant);
  }

  /**
   * What the tenant's document has at the paths of each question. A question that fails has its own error. Errors:
   * TENANT_UNKNOWN, POLICY_SYNTAX while nothing good was loaded, QUEUE_FULL, CANCELLED, those of the compiler.
   */
  async ask(id: string, questions: readonly Question[], options: AskOptions = {}): Promise<Asked> {
    const { revision, bundle, limits } = await this.#served(id);
    const nowNs = BigInt(options.nowMs ?? this.#options.now()) * 1_000_000n;
    const lines = questions.map(({ paths, input }) =>
      questionLine(
        paths.map((path) => placeOf(path, bundle.entrypoints)),
        nowNs,
        input,
      ),
    );
    const answers = await this.#options.pool.query({
      tenant: id,
      digest: bundle.digest,
      load: async () => ({ module: await this.#modules.get(bundle), data: bundle.data }),
      lines: lines.join(''),
      limits,
      signal: options.signal,
    });
    return { revision, digest: bundle.digest, answers };
  }

  close(): void {
    this.#stopping.abort();
    this.#loading.close();
    this.#tenants.clear();
    this.#modules.clear();
  }

  #known(id: string): Tenant | undefined {
    return this.#tenants.get(id);
  }

  #add(id: string): Tenant {
    const shown = JSON.stringify(id.slice(0, 80));
    if (!isTenantId(id)) throw elavaError('TENANT_ID', `${shown} can be no tenant`);
    if (this.#tenants.size >= this.#maxTenants) {
      throw elavaError('TENANT_LIMIT', `there are ${this.#maxTenants} tenants already`);
    }
    const tenant: Tenant = { errors: [], turn: Promise.resolve() };
    this.#tenants.set(id, tenant);
    return tenant;
  }

  async #served(id: string): Promise<Served> {
    const tenant = this.#known(id);
    if (!tenant) throw elavaError('TENANT_UNKNOWN', `there is no tenant ${id}`);
    if (!tenant.served) await this.#inTurn(tenant, () => this.#takeWaiting(tenant));
    if (tenant.served) return tenant.served;
    const [first] = tenant.errors;
    const what = first ? describeDiagnostic(first) : 'nothing was loaded';
    throw elavaError('POLICY_SYNTAX', `the policies of ${id} could not be loaded: ${what}`, {
      data: { errors: tenant.errors },
    });
  }

  async #takeWaiting(tenant: Tenant): Promise<void> {
    const { waiting } = tenant;
    if (!waiting) return;
    await this.#take(tenant, waiting);
    tenant.waiting = undefined;
  }

  async #inTurn(tenant: Tenant, work: () => Promise<void>): Promise<void> {
    const turn = tenant.turn.then(work);
    tenant.turn = turn.catch(() => undefined);
    await turn;
  }

  async #take(tenant: Tenant, { tenant: id, sources, revision, roots, limits }: TenantOffer): Promise<void> {
    const { compiler, now } = this.#options;
    const { signal } = this.#stopping;
    await this.#loading.enter(signal);
    try {
      const built = await buildTenant(compiler, sources, roots ?? [`tenants/${id}`, 'system'], { signal });
      tenant.errors = built.ok ? [] : built.errors;
      if (!built.ok) return;
      const { bundle, wasm } = built;
      if (wasm) await this.#modules.put(bundle, wasm);
      tenant.served = {
        revision: revision || bundle.digest,
        loaded: new Date(now()).toISOString(),
        bundle,
        limits: { ...this.#options.limits, ...limits },
      };
    } catch (error) {
      if (codeOf(error) !== 'POLICY_LOAD') throw error;
      tenant.errors = [{ code: 'POLICY_LOAD', message: (error as Error).message, file: '', row: 0, col: 0 }];
    } finally {
      this.#loading.leave();
    }
  }
}

export interface AskOptions {
  /** What `time.now_ns` says, milliseconds since 1970; now when absent. */
  readonly nowMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

function infoOf(tenant: string, { served, errors, waiting }: Tenant): TenantInfo {
  const packages = [...new Set(served?.bundle.modules.map((one) => one.package.slice('data.'.length)))].sort();
  const { revision = '', loaded = '' } = served ?? {};
  const state = served ? 'serving' : waiting || errors.length === 0 ? 'waiting' : 'broken';
  return { tenant, revision, digest: served?.bundle.digest ?? '', loaded, state, packages, errors };
}
