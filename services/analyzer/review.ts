/** What is new, changed or resolved since the last review: findings are kept only when they say something new. */
import type { Client } from '../../lib/contract.ts';
import type { StoredFinding } from '../history/analysis.schema.ts';
import type { historyContract } from '../history/history.contract.ts';
import type { WasteFinding } from './analyzer.contract.ts';

export interface Reviewed {
  /** To be stored. */
  readonly changed: readonly StoredFinding[];
  readonly open: number;
  readonly appeared: number;
  readonly resolved: number;
}

const keyOf = ({ kind, id }: { kind: string; id: string }): string => `${kind} ${id}`;

/**
 * Pure. A finding is resolved only when its unit was read completely: what was not seen may be as it was. `found` is all
 * there is now, `known` what is stored as open.
 */
export function reviewOf(
  found: readonly WasteFinding[],
  known: readonly StoredFinding[],
  { at, complete }: { at: string; complete: ReadonlySet<string> },
): Reviewed {
  const before = new Map(known.map((finding) => [keyOf(finding), finding]));
  const now = new Set(found.map(keyOf));
  const open = found.map((finding) => storedOf(finding, before.get(keyOf(finding)), at));
  const changed = open.filter((finding) => isNews(finding, before.get(keyOf(finding))));
  const resolved = known
    .filter(
      (finding) => !now.has(keyOf(finding)) && complete.has(`${finding.account}/${finding.region}/${finding.type}`),
    )
    .map((finding) => ({ ...finding, state: 'resolved' as const, changed_at: at }));
  return {
    changed: [...changed, ...resolved],
    open: open.length,
    appeared: open.filter((finding) => !before.has(keyOf(finding))).length,
    resolved: resolved.length,
  };
}

function storedOf(finding: WasteFinding, before: StoredFinding | undefined, at: string): StoredFinding {
  const { id, account, region, type, kind, since, confidence } = finding;
  return {
    id,
    account,
    region,
    type,
    analyzer: 'waste',
    kind,
    state: 'open',
    since,
    first_found: before?.first_found ?? at,
    changed_at: at,
    confidence,
    body: { ...finding },
  };
}

/** Other words for the same are no news: what is measured moves every day. */
function isNews(now: StoredFinding, before: StoredFinding | undefined): boolean {
  return (
    !before ||
    Math.abs(before.confidence - now.confidence) > 0.01 ||
    (before.since !== now.since && now.since < before.since)
  );
}

const PAGE = 1000;
type History = Pick<Client<typeof historyContract>, 'findings' | 'found'>;

/** Findings of the memory that are open. */
export async function openFindings(history: History): Promise<StoredFinding[]> {
  const open: StoredFinding[] = [];
  for (let after: string | undefined; ; ) {
    const page = await history.findings({
      analyzer: 'waste',
      state: 'open',
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    open.push(...page.findings);
    after = page.next;
    if (after === undefined) return open;
  }
}

export async function storeFindings(history: History, findings: readonly StoredFinding[]): Promise<void> {
  for (let i = 0; i < findings.length; i += PAGE) await history.found({ findings: findings.slice(i, i + PAGE) });
}
