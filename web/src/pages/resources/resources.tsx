/** Every resource, now or as of an instant: searched, narrowed, and read page by page. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { ago, count, momentOf } from '../../base/format.ts';
import { usePaged } from '../../base/paged.ts';
import { now } from '../../base/pulse.ts';
import { useQuery } from '../../base/query.ts';
import { address, place, setQuery } from '../../base/router.ts';
import { Failed, Nothing, Waiting } from '../../parts/answer.tsx';
import { CoverageNote } from '../../parts/coverage-note.tsx';
import { Filters, filterFlags, filterValues } from '../../parts/filters.tsx';
import { Grid, type GridColumn } from '../../parts/grid.tsx';
import { Icon } from '../../parts/icon.tsx';
import { NotScanned } from '../../parts/not-scanned.tsx';
import { PageHead, Panel } from '../../parts/panel.tsx';
import { ShareMenu } from '../../parts/share-menu.tsx';

type Answer = HistoryAnswer<'resources'>;
type Row = Answer['resources'][number];

const PAGE = 200;
const ownerTags = ['elava_owner', 'owner', 'Owner', 'team', 'Team'] as const;

const columns: readonly GridColumn<Row>[] = [
  { head: 'Name', width: 'minmax(150px, 3fr)', cell: (row) => row.name || row.id },
  { head: 'Type', width: '116px', cell: (row) => <span class="type">{row.type}</span> },
  { head: 'State', width: 'minmax(80px, 1fr)', cell: (row) => row.status || <span class="muted">–</span> },
  { head: 'Account', width: '108px', cell: (row) => row.account },
  { head: 'Region', width: '104px', cell: (row) => row.region },
  {
    head: 'Owner',
    width: 'minmax(84px, 2fr)',
    cell: (row) => ownerTags.map((tag) => row.tags[tag]).find(Boolean) ?? <span class="muted">nobody</span>,
  },
  {
    head: 'In this state',
    width: '86px',
    cell: (row) => ago(row.state_since, now.value).replace(' ago', ''),
    right: true,
  },
];

export function Resources() {
  const at = place.value.query.get('at') ?? undefined;
  const values = { ...filterValues(), at };
  const key = JSON.stringify(values);
  const list = usePaged<Answer, Row>(
    key,
    (after, signal) => get('/api/resources', { ...values, after, limit: PAGE }, { signal }),
    ({ resources }) => resources,
  );
  const counts = useQuery<HistoryAnswer<'counts'>>(`total ${key}`, (signal) => get('/api/counts', values, { signal }));
  const total = counts.data && Object.values(counts.data.types).reduce((sum, n) => sum + n, 0);
  const titled = total === undefined || counts.old ? 'Resources' : `${count(total)} resources`;
  const flags = filterFlags() + (at === undefined ? '' : ` --at ${at}`);
  return (
    <>
      <PageHead
        title={titled}
        text={at === undefined ? 'What is there now.' : `What was there on ${momentOf(at)} UTC.`}
      >
        {list.outdated && at === undefined && (
          <button type="button" class="button" onClick={list.again}>
            <Icon name="again" size={16} /> Newer data
          </button>
        )}
        <ShareMenu
          name="resources"
          command={`elava resources${flags}`}
          request={address('/api/resources', { ...values, limit: PAGE })}
          rows={() => list.rows}
        />
      </PageHead>
      {at !== undefined && <Then at={at} />}
      <Filters at={at} />
      <CoverageNote coverage={list.first?.coverage} />
      <Panel class="flush">
        <List list={list} />
      </Panel>
    </>
  );
}

function List({ list }: { readonly list: ReturnType<typeof usePaged<Answer, Row>> }) {
  const { rows, first, failure, loading, done, more, again } = list;
  if (rows.length === 0) {
    if (failure) return <Failed failure={failure} again={again} />;
    if (loading) return <Waiting lines={10} />;
    if (first?.coverage.units === 0) return <NotScanned />;
    return (
      <Nothing title="No resource fits">
        <p>Take a filter away, or look whether what you search was there before in the time machine.</p>
      </Nothing>
    );
  }
  const foot = failure
    ? failure.message
    : loading
      ? 'Loading more …'
      : done
        ? `That is all: ${count(rows.length)}.`
        : undefined;
  return (
    <Grid
      caption="Resources"
      columns={columns}
      rows={rows}
      keyOf={(row) => row.id}
      hrefOf={(row) => address('/resource', { id: row.id })}
      onEnd={more}
      foot={foot}
    />
  );
}

function Then({ at }: { readonly at: string }) {
  return (
    <div class="notice warn slim" role="note">
      <Icon name="time" />
      <div>
        <strong>The estate as it was on {momentOf(at)} UTC.</strong>
      </div>
      <button type="button" class="button small" onClick={() => setQuery({ at: undefined }, { push: true })}>
        Back to now
      </button>
      <a class="button small" href={address('/time', { at })}>
        Time machine
      </a>
    </div>
  );
}
