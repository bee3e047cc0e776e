/** Who may target a namespace: a policy binds its own; another one only when the author may label that namespace. */
import type { KubeClient } from './kube/client.ts';
import { kinds } from './kube/kinds.ts';
import type { KubeObject } from './kube/objects.ts';
import { matchesPattern, type SovereignPolicy } from './sovereign-policy.ts';

/** From the configuration: policies written in `namespace` speak for `user` and `groups`, about `targets` at most. */
export interface Author {
  readonly namespace: string;
  readonly targets: readonly string[];
  readonly user: string;
  readonly groups: readonly string[];
}
export interface Permission {
  readonly allowed: boolean;
  readonly why: string;
}
interface Review extends KubeObject {
  readonly status?: { readonly allowed?: boolean; readonly reason?: string };
}
const YES: Permission = { allowed: true, why: '' };
/** How long an answer counts. */
export const PERMISSION_MS = 300_000;
const MAX_KNOWN = 5000;

export class Permissions {
  readonly #authors: readonly Author[];
  readonly #home: string;
  readonly #known = new Map<string, { at: number; permission: Permission }>();

  /** `home` is the operator's own namespace: who may write policies there administers it. */
  constructor(authors: readonly Author[], home: string) {
    this.#authors = authors;
    this.#home = home;
  }

  /** Asks the API server at most once in five minutes a namespace. Errors: as of the call. */
  async check(client: KubeClient, policy: SovereignPolicy, signal?: AbortSignal): Promise<Permission> {
    const from = policy.metadata.namespace ?? '';
    const target = policy.spec?.targetNamespace ?? '';
    if (from === this.#home || from === target) return YES;
    const author = authorOf(this.#authors, from, target);
    if (!author) {
      const why = `sovereignty.authors lets no policy of namespace ${from} target ${target}`;
      return { allowed: false, why };
    }
    const key = `${from}/${target}`;
    const known = this.#known.get(key);
    if (known && performance.now() - known.at < PERMISSION_MS) return known.permission;
    const permission = await ask(client, subjectOf(author, from), target, signal);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(key, { at: performance.now(), permission });
    return permission;
  }
}

/** The first entry that speaks of both namespaces. */
function authorOf(authors: readonly Author[], from: string, target: string): Author | undefined {
  return authors.find(
    (one) => matchesPattern(one.namespace, from) && one.targets.some((pattern) => matchesPattern(pattern, target)),
  );
}

interface Subject {
  readonly user: string;
  readonly groups: readonly string[];
}

/** An entry that names nobody means the namespace's ServiceAccounts, as a GitOps tool would run under. */
function subjectOf({ user, groups }: Author, from: string): Subject {
  if (user !== '' || groups.length > 0) return { user, groups };
  return { user: `system:serviceaccount:${from}:default`, groups: [`system:serviceaccounts:${from}`] };
}

async function ask(client: KubeClient, subject: Subject, target: string, signal?: AbortSignal): Promise<Permission> {
  const resourceAttributes = { verb: 'patch', resource: 'namespaces', name: target };
  const spec = {
    resourceAttributes,
    ...(subject.user === '' ? {} : { user: subject.user }),
    ...(subject.groups.length === 0 ? {} : { groups: subject.groups }),
  };
  const { status } = await client.create<Review>(kinds.accessReview, { spec }, { signal });
  if (status?.allowed) return YES;
  const who = subject.user === '' ? subject.groups.join(', ') : subject.user;
  return { allowed: false, why: `${who} may not label namespace ${target}, so its policies may not target it` };
}
