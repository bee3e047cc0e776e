/** What differs between the two marks: counted by who, then one by one. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { count } from '../../base/format.ts';
import { usePaged } from '../../base/paged.ts';
import { address, place, setQuery } from '../../base/router.ts';
import { Failed, Nothing, Waiting } from '../../parts/answer.tsx';
import { Actor, actorKinds, actorTone, actorWords, Badge } from '../../parts/badge.tsx';
import { Stack } from '../../parts/bars.tsx';
import { summaryOf } from '../../parts/change-words.ts';
import { filterValues } from '../../parts/filters.tsx';
import { Grid, type GridColumn } from '../../parts/grid.tsx';

type Answer = HistoryAnswer<'diff'>;
type Row = Answer['changes'][number];

const PAGE = 200;

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

export function Difference({ from, at }: { readonly from: string; readonly at: string }) {
  const filter = filterValues();
  const kind = place.value.query.get('who') ?? '';
  const request =
    address('/api/diff', { ...filter, from, to: at, by: ['actor_kind', 'kind'], baseline: 'false', limit: PAGE }) +
    (kind === '' ? '' : `&actor_kind=${kind === 'unknown' ? '' : kind}`);
  const list = usePaged<Answer, Row>(
    request,
    (after, signal) =>
      get(`${request}${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`, {}, { signal }),
    ({ changes }) => changes,
  );
  const { first, rows, failure, loading } = list;
  if (!first) return failure ? <Failed failure={failure} again={list.again} /> : loading ? <Waiting /> : null;
  const groups = first.groups ?? [];
  const of = (name: string, value: string): number =>
    groups.filter(({ key }) => key[name] === value).reduce((sum, group) => sum + group.count, 0);
  return (
    <div aria-busy={loading}>
      {failure && <Failed failure={failure} again={list.again} slim />}
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
        {kind !== '' && (
          <button type="button" class="button small" onClick={() => setQuery({ who: undefined })}>
            Show everybody
          </button>
        )}
      </p>
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
            onEnd={list.more}
          />
        </div>
      )}
    </div>
  );
}
