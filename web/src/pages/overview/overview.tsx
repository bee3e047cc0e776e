/** The estate at a glance: how much, how sure, what changed and by whom, and what policies say. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { compact, count, plural, share } from '../../base/format.ts';
import { useQuery } from '../../base/query.ts';
import { address } from '../../base/router.ts';
import { Answer } from '../../parts/answer.tsx';
import { Bars } from '../../parts/bars.tsx';
import { Sparkline } from '../../parts/columns.tsx';
import { CoverageNote } from '../../parts/coverage-note.tsx';
import { Filters, filterFlags, filterValues } from '../../parts/filters.tsx';
import { NotScanned } from '../../parts/not-scanned.tsx';
import { Figure, PageHead, Panel } from '../../parts/panel.tsx';
import { ShareMenu } from '../../parts/share-menu.tsx';
import { Activity, type ActivityAnswer, WorstChanges } from './activity.tsx';
import { DueFigure } from './due.tsx';
import { Verdicts, type VerdictsAnswer } from './verdicts.tsx';

type Counts = HistoryAnswer<'counts'>;
type Series = HistoryAnswer<'series'>;

export function Overview() {
  const filter = filterValues();
  const key = JSON.stringify(filter);
  const live = { live: true };
  const counts = useQuery<Counts>(
    `counts ${key}`,
    (signal) => get('/api/counts', { ...filter, by: ['account'], limit: 8 }, { signal }),
    live,
  );
  const series = useQuery<Series>(`series ${key}`, (signal) =>
    get('/api/series', { ...filter, from: '30d', step: 'day' }, { signal }),
  );
  const activity = useQuery<ActivityAnswer>(
    `activity ${key}`,
    (signal) => get('/api/activity', { ...filter, from: '7d', step: 'hour', by: ['actor_kind'] }, { signal }),
    live,
  );
  const verdicts = useQuery<VerdictsAnswer>(
    `verdicts ${key}`,
    (signal) => get('/api/verdicts', { ...filter, by: ['decision'] }, { signal }),
    live,
  );
  const { data } = counts;
  return (
    <>
      <PageHead title="Overview" text="What there is, what changed, and what the policies say of it.">
        <ShareMenu
          name="overview"
          command={`elava counts --by account${filterFlags()}`}
          request="/api/counts?by=account"
        />
      </PageHead>
      <Filters dimensions={['account', 'region', 'type']} text={false} />
      <CoverageNote coverage={data?.coverage} />
      {data && data.coverage.units === 0 ? (
        <Panel>
          <NotScanned />
        </Panel>
      ) : (
        <>
          <Figures counts={data} series={series.data} activity={activity.data} verdicts={verdicts.data} />
          <div class="columns">
            <Panel class="w8" title="Changes in the last 7 days" note="by who made them, hour by hour">
              <Activity query={activity} />
            </Panel>
            <Panel class="w4" title="What policies say" note="of live resources">
              <Verdicts query={verdicts} />
            </Panel>
          </div>
          <div class="columns">
            <Panel class="w4" title="By type">
              <Answer query={counts}>{(found) => <ByType counts={found} />}</Answer>
            </Panel>
            <Panel class="w4" title="By account">
              <Answer query={counts}>{(found) => <ByAccount counts={found} />}</Answer>
              <h3 class="gap">By region</h3>
              <ByRegion filter={filter} />
            </Panel>
            <Panel class="w4" title="Changes that matter most" note="last 24 hours">
              <WorstChanges filter={filter} />
            </Panel>
          </div>
        </>
      )}
    </>
  );
}

interface FiguresProps {
  readonly counts: Counts | undefined;
  readonly series: Series | undefined;
  readonly activity: ActivityAnswer | undefined;
  readonly verdicts: VerdictsAnswer | undefined;
}
const HOURS_OF_DAY = 24;

function Figures({ counts, series, activity, verdicts }: FiguresProps) {
  const total = counts && Object.values(counts.types).reduce((sum, n) => sum + n, 0);
  const today = activity?.total.slice(-HOURS_OF_DAY).reduce((sum, n) => sum + n, 0);
  const said = (decision: string): number | undefined =>
    verdicts && (verdicts.groups.find(({ key }) => key['decision'] === decision)?.count ?? 0);
  const coverage = counts?.coverage;
  const shown = (n: number | undefined): string => (n === undefined ? '–' : compact(n));
  return (
    <div class="figures">
      <Figure
        label="Resources"
        value={shown(total)}
        note={counts && `${plural(Object.keys(counts.types).length, 'type')}`}
        href="/resources"
      >
        {series && <Sparkline values={sinceFirst(series.total)} caption="Resources over the last 30 days" />}
      </Figure>
      <Figure
        label="Changes today"
        value={shown(today)}
        note="last 24 hours"
        href={address('/changes', { since: '24h' })}
      />
      <Figure
        label="Denied"
        value={shown(said('deny'))}
        note="a policy forbids it"
        tone={said('deny') ? 'bad' : 'good'}
        href={address('/findings', { decision: 'deny' })}
      />
      <Figure
        label="Flagged"
        value={shown(said('flag'))}
        note="worth a look"
        href={address('/findings', { decision: 'flag' })}
      />
      <DueFigure />
      <Figure
        label="Read completely"
        value={coverage ? share(coverage.complete, coverage.units) : '–'}
        note={coverage && `${count(coverage.complete)} of ${plural(coverage.units, 'unit')}`}
        tone={coverage && coverage.stale > 0 ? 'warn' : 'good'}
        href="/scans"
      />
    </div>
  );
}

/** Before the first scan nothing was known, which is not the same as nothing being there. */
function sinceFirst(totals: readonly number[]): readonly number[] {
  return totals.slice(
    Math.max(
      0,
      totals.findIndex((n) => n > 0),
    ),
  );
}

function ByType({ counts: { types } }: { readonly counts: Counts }) {
  const bars = Object.entries(types)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 12)
    .map(([type, value]) => ({ key: type, label: type, value, href: address('/resources', { type }) }));
  return <Bars bars={bars} caption="Resources by type" />;
}

function ByAccount({ counts: { groups = [], rest = 0 } }: { readonly counts: Counts }) {
  const bars = groups.map(({ key, count: value }) => {
    const account = key['account'] ?? '';
    return { key: account, label: account, value, href: address('/resources', { account }) };
  });
  return (
    <>
      <Bars bars={bars} caption="Resources by account" />
      {rest > 0 && <p class="muted">{count(rest)} more in smaller accounts</p>}
    </>
  );
}

const MOST_REGIONS = 6;

function ByRegion({ filter }: { readonly filter: ReturnType<typeof filterValues> }) {
  const query = useQuery<Counts>(
    `regions ${JSON.stringify(filter)}`,
    (signal) => get('/api/counts', { ...filter, by: ['region'], limit: MOST_REGIONS }, { signal }),
    { live: true },
  );
  return (
    <Answer query={query} lines={3}>
      {({ groups = [] }) => (
        <Bars
          caption="Resources by region"
          bars={groups.map(({ key, count: value }) => {
            const region = key['region'] ?? '';
            return { key: region, label: region, value, href: address('/resources', { region }) };
          })}
        />
      )}
    </Answer>
  );
}
