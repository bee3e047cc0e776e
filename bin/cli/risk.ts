/** High-risk untracked resources (`--risk-only`): nobody owns them, and security or waste policies object. */
import type { Client } from '../../lib/contract.ts';
import type { Evaluation, historyContract } from '../../services/history/history.contract.ts';

export interface Untracked {
  readonly id: string;
  readonly type: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly reasons: readonly string[];
}

/** What fills an owner tag without naming anybody: the same list as in policies/lib/tags.rego, which a test compares. */
export const nobody: ReadonlySet<string> = new Set([
  '',
  '-',
  '?',
  'n/a',
  'na',
  'nobody',
  'none',
  'null',
  'owner',
  'tbd',
  'team',
  'test',
  'todo',
  'unknown',
  'xxx',
]);

/** Whether one of the tags names somebody. */
export function isOwned(tags: Readonly<Record<string, string>>, ownerTags: readonly string[]): boolean {
  return ownerTags.some((tag) => !nobody.has((tags[tag] ?? '').trim().toLowerCase()));
}

const riskPackages = new Set(['elava.security', 'elava.waste']);
const idsPerQuestion = 500;

/** `ownerTags` are the tags that name an owner; a resource where none of them names somebody is untracked. */
export async function untracked(
  history: Pick<Client<typeof historyContract>, 'resources'>,
  findings: readonly Evaluation[],
  ownerTags: readonly string[],
): Promise<Untracked[]> {
  const risky = Map.groupBy(
    findings.filter((f) => riskPackages.has(f.policy_name)),
    (f) => f.resource_id,
  );
  const ids = [...risky.keys()];
  const found: Untracked[] = [];
  for (let from = 0; from < ids.length; from += idsPerQuestion) {
    const { resources } = await history.resources({
      filter: { ids: ids.slice(from, from + idsPerQuestion) },
      limit: idsPerQuestion,
    });
    for (const r of resources) {
      if (isOwned(r.tags, ownerTags)) continue;
      const reasons = (risky.get(r.id) ?? []).map((f) => f.result.reason);
      found.push({ id: r.id, type: r.type, account: r.account, region: r.region, name: r.name, reasons });
    }
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}
