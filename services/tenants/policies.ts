/** Changes of policies through the API: tried first, then written, then served and told. */
import { randomUUID } from 'node:crypto';
import { isMap, parseDocument } from 'yaml';
import { elavaError } from '../../lib/errors.ts';
import type { ChangeRecord } from '../../lib/policy-event/record.ts';
import { isTenantId } from '../../lib/tenant-id.ts';
import type { Diagnostic, TenantInfo, TenantOffer } from '../policy/policy.contract.ts';
import type { Book, PolicyChange } from './book.ts';
import type { Catalog } from './catalog.ts';
import type { Teller } from './teller.ts';
import type { PolicyDraft, StoredPolicy } from './tenants.contract.ts';

export interface PoliciesOptions {
  readonly book: Book;
  readonly catalog: Catalog;
  /** Compiles without serving: what is wrong with the bundle. */
  readonly trial: (offer: TenantOffer) => Promise<TenantInfo>;
  readonly teller: Pick<Teller, 'emit'> | undefined;
  readonly now: () => number;
}
export interface By {
  readonly principal?: string;
  readonly correlation?: string;
}
interface Named {
  readonly tenant: string;
  readonly id: string;
}

interface Change {
  readonly kind: PolicyChange;
  readonly content: Omit<StoredPolicy, 'version'>;
  /** The version that it follows. */
  readonly expected: number;
  readonly by: By;
  readonly old?: StoredPolicy;
}

const idPattern = /^[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?$/;
/** What an update is told of, old and new. */
const watched = ['name', 'description', 'kind', 'text', 'enabled', 'priority', 'default_effect'] as const;

export class Policies {
  readonly #options: PoliciesOptions;

  constructor(options: PoliciesOptions) {
    this.#options = options;
  }

  /** Errors: EXISTS, TENANT_ID, INVALID_REQUEST, POLICY_SYNTAX with the places, VERSION_CONFLICT, STORE_*. */
  async create(named: Named, draft: PolicyDraft, by: By): Promise<StoredPolicy> {
    const { book } = this.#options;
    this.#check(named);
    if (book.find(named.tenant, named.id)) throw elavaError('EXISTS', `there is a policy ${named.id} already`);
    const at = this.#instant();
    const content = { ...named, ...complete(draft), created_at: at, updated_at: at, updated_by: by.principal ?? '' };
    return this.#change({ kind: 'created', content, expected: book.versionOf(named.tenant, named.id), by });
  }

  /** Errors: NOT_FOUND, VERSION_CONFLICT, POLICY_SYNTAX, STORE_*. */
  async update(named: Named, version: number, draft: PolicyDraft, by: By): Promise<StoredPolicy> {
    const old = this.#at(named, version);
    const own = { created_at: old.created_at, updated_at: this.#instant(), updated_by: by.principal ?? '' };
    const content = { ...named, ...complete(draft), ...own };
    return this.#change({ kind: 'updated', content, expected: version, by, old });
  }

  /** The policy as it was. Errors: those of update; one that others need does not go. */
  async delete(named: Named, version: number, by: By): Promise<StoredPolicy> {
    const old = this.#at(named, version);
    const { version: _, ...content } = old;
    const gone = { ...content, updated_at: this.#instant(), updated_by: by.principal ?? '' };
    await this.#change({ kind: 'deleted', content: gone, expected: version, by, old });
    return old;
  }

  #check({ tenant, id }: Named): void {
    if (!isTenantId(tenant)) throw elavaError('TENANT_ID', 'this can be no tenant');
    if (!idPattern.test(id) || id.includes('..')) {
      throw elavaError(
        'INVALID_REQUEST',
        'a policy id has 1 to 100 of a-z, 0-9, dot, _ and -, and begins and ends with a letter or digit',
      );
    }
    if (this.#options.catalog.isBundle(tenant)) {
      throw elavaError('EXISTS', 'the tenant is served from a bundle, which owns all of its policies');
    }
  }

  #at({ tenant, id }: Named, version: number): StoredPolicy {
    const found = this.#options.book.find(tenant, id);
    if (!found) throw elavaError('NOT_FOUND', `there is no policy ${id}`);
    if (found.version === version) return found;
    throw elavaError('VERSION_CONFLICT', `${id} is at version ${found.version}, not ${version}`);
  }

  #instant(): string {
    return new Date(this.#options.now()).toISOString();
  }

  async #change({ kind, content, expected, by, old }: Change): Promise<StoredPolicy> {
    const { book, catalog, trial } = this.#options;
    const { tenant, id } = content;
    const others = book.of(tenant).filter((one) => one.id !== id);
    const next = kind === 'deleted' ? others : [...others, { ...content, version: expected + 1 }];
    const offer = catalog.offerOf(tenant, next);
    // Files that stay may need what goes.
    if ((offer.files?.length ?? 0) > 0) refuse(await trial(offer));
    const stored = await book.write(kind, content, expected);
    await catalog.take(tenant, book.of(tenant));
    this.#tell(kind, stored, by, old);
    return stored;
  }

  #tell(kind: PolicyChange, policy: StoredPolicy, by: By, old: StoredPolicy | undefined): void {
    if (kind === 'kept') return;
    const record: ChangeRecord = {
      kind: 'change',
      id: randomUUID(),
      tenant: policy.tenant,
      at: policy.updated_at,
      type: `policy.${kind}`,
      payload: payloadOf(kind, policy, old),
      principal: by.principal ?? '',
      correlation: by.correlation ?? '',
    };
    this.#options.teller?.emit(() => record);
  }
}

function payloadOf(kind: PolicyChange, policy: StoredPolicy, old: StoredPolicy | undefined): Record<string, unknown> {
  const { tenant, id, name, version } = policy;
  const about = { tenant_id: tenant, policy_id: id, name, version, changed_by: policy.updated_by };
  // What was deleted is told as it was before.
  if (kind === 'deleted') return { ...about, policy: old };
  if (kind !== 'updated' || !old) return { ...about, policy };
  const changed = watched.filter((field) => old[field] !== policy[field]);
  return {
    ...about,
    changes: Object.fromEntries(changed.map((field) => [field, { old: old[field], new: policy[field] }])),
  };
}

function refuse({ errors }: Pick<TenantInfo, 'errors'>): void {
  const [first] = errors;
  if (!first) return;
  const where = first.file === '' ? '' : `${first.file}:${first.row}:${first.col}: `;
  throw elavaError('POLICY_SYNTAX', `${where}${first.message}`, { data: { errors: errors as readonly Diagnostic[] } });
}

function complete(draft: PolicyDraft) {
  const { name, description = '', kind, enabled = true, text, priority = 0, default_effect = '' as const } = draft;
  const common = { name, description, kind, enabled };
  return kind === 'rego' ? { ...common, text, priority, default_effect } : { ...common, ...completeRules(draft) };
}

/**
 * A rule policy says its name, priority and effect in its text too: what the request says is written into the text, and
 * what only the text says is shown as the policy's. A text that is no map is left for the compiler to refuse.
 */
function completeRules({ name, text, priority, default_effect }: PolicyDraft) {
  const document = parseDocument(text, { uniqueKeys: true });
  const kept = { text, priority: priority ?? 0, default_effect: default_effect ?? ('' as const) };
  if (document.errors.length > 0 || !isMap(document.contents)) return kept;
  const before = document.toJS({ maxAliasCount: 10 }) as Record<string, unknown>;
  const given = { ...(before['name'] === undefined ? { name } : {}), ...defined({ priority, default_effect }) };
  const changed = Object.entries(given).filter(([key, value]) => before[key] !== value);
  for (const [key, value] of changed) document.set(key, value);
  const said = { ...before, ...given } as { priority?: unknown; default_effect?: unknown };
  return {
    text: changed.length === 0 ? text : document.toString({ lineWidth: 0 }),
    priority: Number.isInteger(said.priority) ? (said.priority as number) : 0,
    default_effect: effectOf(said.default_effect),
  };
}

function defined(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}

function effectOf(value: unknown): StoredPolicy['default_effect'] {
  return value === 'allow' || value === 'deny' || value === 'warn' || value === 'audit' ? value : '';
}
