/** What changed: how much and by whom, and what of it matters most. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { ago } from '../../base/format.ts';
import { now } from '../../base/pulse.ts';
import { type Query, useQuery } from '../../base/query.ts';
import { address, go } from '../../base/router.ts';
import { Answer, Nothing } from '../../parts/answer.tsx';
import { Actor, Badge } from '../../parts/badge.tsx';
import { Stack } from '../../parts/bars.tsx';
import { actorStacks, sumOf } from '../../parts/by-actor.ts';
import { summaryOf } from '../../parts/change-words.ts';
import { Columns } from '../../parts/columns.tsx';

export type ActivityAnswer = HistoryAnswer<'activity'>;
type Changes = HistoryAnswer<'changes'>;

const HOUR_MS = 3_600_000;

export function Activity({ query }: { readonly query: Query<ActivityAnswer> }) {
  return (
    <Answer
      query={query}
      empty={(data) => sumOf(data.total) === 0 && <Nothing icon="changes" title="Nothing changed in the last 7 days" />}
    >
      {(data) => {
        const stacks = actorStacks(data);
        const open = (index: number): void => {
          const from = Date.parse(data.at[index] ?? '');
          go(
            address('/changes', { since: new Date(from).toISOString(), until: new Date(from + HOUR_MS).toISOString() }),
          );
        };
        return (
          <>
            <Columns
              height={230}
              at={data.at}
              stacks={stacks}
              caption="Changes by hour and by who made them"
              onPick={open}
            />
            <Stack
              caption="Changes by who made them"
              parts={stacks.toReversed().map(({ key, label, tone, values }) => ({
                key,
                label,
                tone,
                value: sumOf(values),
                href: address('/changes', { since: '7d', actor_kind: key === '' ? 'unknown' : key }),
              }))}
            />
          </>
        );
      }}
    </Answer>
  );
}

const ranks: readonly string[] = ['high', 'medium', 'low', 'info'];
const MOST_SHOWN = 6;
const MOST_READ = 300;

export function WorstChanges({ filter }: { readonly filter: Record<string, string | string[] | undefined> }) {
  const query = useQuery<Changes>(
    `worst ${JSON.stringify(filter)}`,
    (signal) => get('/api/changes', { ...filter, since: '24h', limit: MOST_READ }, { signal }),
    { live: true },
  );
  return (
    <Answer
      query={query}
      empty={({ changes }) => changes.length === 0 && <Nothing icon="changes" title="A quiet day: nothing changed" />}
    >
      {({ changes }) => (
        <ul class="brief">
          {changes
            .toSorted((a, b) => ranks.indexOf(a.severity) - ranks.indexOf(b.severity))
            .slice(0, MOST_SHOWN)
            .map((change) => (
              <li key={`${change.id} ${change.revision}`}>
                <a href={address('/resource', { id: change.id })}>
                  <Badge word={change.severity} />
                  <strong>{change.name || change.id}</strong>
                  <span class="brief-text">{summaryOf(change)}</span>
                </a>
                <span class="brief-foot">
                  <Actor attribution={change.attribution} />
                  <span class="muted">{ago(change.at, now.value)}</span>
                </span>
              </li>
            ))}
        </ul>
      )}
    </Answer>
  );
}
