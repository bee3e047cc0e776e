/** What differs between the two marks: counted by who, and one by one. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { count } from '../../base/format.ts';
import { usePaged } from '../../base/paged.ts';
import { useQuery } from '../../base/query.ts';
import { address, place, setQuery } from '../../base/router.ts';
import { Answer as AnswerFrame, Failed, Nothing, Waiting } from '../../parts/answer.tsx';
import { Actor, actorKinds, actorTone, actorWords, Badge } from '../../parts/badge.tsx';
import { Stack } from '../../parts/bars.tsx';
import { summaryOf } from '../../parts/change-words.ts';
import { filterValues } from '../../parts/filters.tsx';
import { Grid, type GridColumn } from '../../parts/grid.tsx';
import { type Instants, iso, useRested } from './instants.ts';

type Answer = HistoryAnswer<'diff'>;
type Row = Answer['changes'][number];

const PAGE = 60;

const columns: readonly GridColumn<Row>[] = [
  {
    head: 'Resource',
    width: 'minmax(150px, 2fr)',
    cell: (row) => (
      <>
        <span class={`dot ${actorTone(row.attribution?.actor_kind ?? '')}`} aria-hidden="true" /> {row.name || row.id}
      </>
    ),
  },
  { head: 'Type', width: '110px', cell: (row) => <span class="type">{row.type}</span> },
  { head: 'How', width: '104px', cell: (row) => <Badge word={row.kind} /> },
  { head: 'What', width: 'minmax(150px, 3fr)', cell: (row) => <span title={summaryOf(row)}>{summaryOf(row)}</span> },
  { head: 'Who', width: 'minmax(110px, 1.4fr)', cell: (row) => <Actor attribution={row.attribution} /> },
];

/** Counted at once, so that it follows the hand; listed when the hand rests. */
export function Difference({ instants }: { readonly instants: Instants }) {
  const [from, at] = [iso(instants.from), iso(instants.at)];
  const filter = filterValues();
  const who = place.value.query.get('who') ?? '';
  const asked = { ...filter, from, to: at, by: ['actor_kind', 'kind'], baseline: 'false', limit: 0 };
  const request = address('/api/diff', asked) + actorOf(who);
  const counts = useQuery<Answer>(`differs ${request}`, (signal) => get(request, {}, { signal }));
  const rested = useRested(instants, !counts.loading);
  return (
    <>
      <AnswerFrame query={counts} lines={3}>
        {({ groups = [] }) => <Counted groups={groups} who={who} />}
      </AnswerFrame>
      <Listed
        from={iso(rested.from)}
        at={iso(rested.at)}
        who={who}
        behind={rested.from !== instants.from || rested.at !== instants.at}
      />
    </>
  );
}

/** The interface takes "" for those of whom nothing is known; an address cannot hold an empty word. */
const actorOf = (who: string): string => (who === '' ? '' : `&actor_kind=${who === 'unknown' ? '' : who}`);

function Counted({ groups, who }: { readonly groups: NonNullable<Answer['groups']>; readonly who: string }) {
  const of = (name: string, value: string): number =>
    groups.filter(({ key }) => key[name] === value).reduce((sum, group) => sum + group.count, 0);
  return (
    <>
      <Stack
        caption="Differences by who made the last change"
        parts={actorKinds.map((one) => ({
          key: one,
          label: actorWords[one],
          tone: actorTone(one),
          value: of('actor_kind', one),
        }))}
      />
      <p class="kinds">
        {(['appeared', 'modified', 'disappeared', 'reappeared'] as const).map((one) =>
          of('kind', one) > 0 ? (
            <span key={one}>
              <b>{count(of('kind', one))}</b> {one}
            </span>
          ) : null,
        )}
        {who !== '' && (
          <button type="button" class="button small" onClick={() => setQuery({ who: undefined })}>
            Show everybody
          </button>
        )}
      </p>
    </>
  );
}

interface ListedProps {
  readonly from: string;
  readonly at: string;
  readonly who: string;
  /** The hand still moves. */
  readonly behind: boolean;
}

function Listed({ from, at, who, behind }: ListedProps) {
  const request =
    address('/api/diff', { ...filterValues(), from, to: at, baseline: 'false', limit: PAGE }) + actorOf(who);
  const { first, rows, failure, loading, again, more } = usePaged<Answer, Row>(
    request,
    (after, signal) =>
      get(`${request}${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`, {}, { signal }),
    ({ changes }) => changes,
  );
  if (!first) return failure ? <Failed failure={failure} again={again} /> : loading ? <Waiting /> : null;
  return (
    <div class={behind ? 'stale' : ''} aria-busy={loading && !behind}>
      {failure && <Failed failure={failure} again={again} slim />}
      {rows.length === 0 ? (
        <Nothing icon="time" title="The two instants do not differ" />
      ) : (
        <div class="bleed">
          <Grid
            caption="Differences"
            columns={columns}
            rows={rows}
            keyOf={(row) => `${row.id} ${row.revision}`}
            hrefOf={(row) => address('/resource', { id: row.id })}
            onEnd={more}
          />
        </div>
      )}
    </div>
  );
}
