/** What happened to a resource, in one order: a change, and what policies came to say of it. Pure. */
import type { HistoryAnswer } from '../../base/api.ts';

type Timeline = HistoryAnswer<'timeline'>;

export interface Moment {
  readonly at: string;
  readonly change?: Timeline['changes'][number];
  readonly verdicts: Timeline['evaluations'];
}

/** Newest first. A verdict belongs to the change that made the version it judged, else it stands at its own time. */
export function momentsOf({ changes, evaluations }: Pick<Timeline, 'changes' | 'evaluations'>): Moment[] {
  const told = evaluations.filter(({ result, error }) => result.decision !== 'allow' || error !== '');
  const byRevision = Map.groupBy(told, ({ revision }) => revision);
  const known = new Set(changes.map(({ revision }) => revision));
  const moments: Moment[] = changes.map((change) => ({
    at: change.at,
    change,
    verdicts: byRevision.get(change.revision) ?? [],
  }));
  for (const verdict of told) {
    if (!known.has(verdict.revision)) moments.push({ at: verdict.evaluated_at, verdicts: [verdict] });
  }
  return moments.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}
