/** How scanning goes: account by region, what failed and what to do about it, and when each tier is due. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { ago, count, plural, share } from '../../base/format.ts';
import { now } from '../../base/pulse.ts';
import { type Query, useQuery } from '../../base/query.ts';
import { Answer, Nothing } from '../../parts/answer.tsx';
import { Filters, filterFlags, filterValues } from '../../parts/filters.tsx';
import { NotScanned } from '../../parts/not-scanned.tsx';
import { Figure, PageHead, Panel } from '../../parts/panel.tsx';
import { ShareMenu } from '../../parts/share-menu.tsx';
import { HeatMap } from './heat-map.tsx';
import { Schedule } from './schedule.tsx';
import { Units } from './units.tsx';

export type Grid = HistoryAnswer<'grid'>;

export function Scans() {
  const filter = filterValues();
  const query = useQuery<Grid>(
    `grid ${JSON.stringify(filter)}`,
    (signal) => get('/api/coverage/grid', filter, { signal }),
    { live: true },
  );
  return (
    <>
      <PageHead
        title="Scans"
        text="What was read, how completely, and when. A unit is one type in one region of one account."
      >
        <ShareMenu name="coverage" command={`elava coverage${filterFlags()}`} request="/api/coverage/grid" />
      </PageHead>
      <Filters dimensions={['type', 'account', 'region']} text={false} />
      <Answer
        query={query}
        empty={({ cells, coverage }) =>
          cells.length === 0 && (coverage.units === 0 ? <NotScanned /> : <Nothing icon="scans" title="No unit fits" />)
        }
      >
        {(grid) => <Shown grid={grid} query={query} />}
      </Answer>
    </>
  );
}

function Shown({ grid: { cells, coverage } }: { readonly grid: Grid; readonly query: Query<Grid> }) {
  const found = cells.reduce((sum, cell) => sum + cell.resources, 0);
  return (
    <>
      <div class="figures">
        <Figure
          label="Read completely"
          value={share(coverage.complete, coverage.units)}
          note={`${count(coverage.complete)} of ${plural(coverage.units, 'unit')}`}
          tone={coverage.stale > 0 ? 'warn' : 'good'}
        />
        <Figure
          label="Not complete"
          value={count(coverage.stale)}
          note="their last reading"
          tone={coverage.stale > 0 ? 'bad' : ''}
        />
        <Figure
          label="Never read"
          value={count(coverage.missing)}
          note="what is there is unknown"
          tone={coverage.missing > 0 ? 'bad' : ''}
        />
        <Figure
          label="Oldest reading"
          value={coverage.oldest === '' ? 'none' : ago(coverage.oldest, now.value)}
          note="that was complete"
        />
        <Figure label="Resources read" value={count(found)} note="in the last readings" />
      </div>
      <Panel title="Accounts by regions" note="choose a cell to see its units">
        <HeatMap cells={cells} />
      </Panel>
      <div class="columns after">
        <div class="w8">
          <Units />
        </div>
        <div class="w4">
          <Schedule />
        </div>
      </div>
    </>
  );
}
