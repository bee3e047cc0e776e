/** What changed, who did it and how that is known: newest first, live. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { count } from '../../base/format.ts';
import { useEnough, usePaged } from '../../base/paged.ts';
import { address, place, setQuery } from '../../base/router.ts';
import { Failed, Nothing, Waiting } from '../../parts/answer.tsx';
import { actorKinds, actorWords } from '../../parts/badge.tsx';
import { ChangeList } from '../../parts/change-list.tsx';
import { CoverageNote } from '../../parts/coverage-note.tsx';
import { Filters, filterFlags, filterValues } from '../../parts/filters.tsx';
import { Icon } from '../../parts/icon.tsx';
import { NotScanned } from '../../parts/not-scanned.tsx';
import { PageHead, Panel } from '../../parts/panel.tsx';
import { Segments } from '../../parts/segments.tsx';
import { ShareMenu } from '../../parts/share-menu.tsx';

type Answer = HistoryAnswer<'changes'>;
type Row = Answer['changes'][number];

const PAGE = 100;
const spans = [
  ['1h', 'Hour'],
  ['24h', 'Day'],
  ['7d', 'Week'],
  ['30d', '30 days'],
] as const;
const kinds = [
  ['', 'Anybody'],
  ...actorKinds.map((kind) => [kind === '' ? 'unknown' : kind, actorWords[kind]] as const),
] as const;
const severities = [
  ['', 'All'],
  ['medium', 'Medium up'],
  ['high', 'High'],
] as const;
const ranks: readonly string[] = ['info', 'low', 'medium', 'high'];

export function Changes() {
  const { query } = place.value;
  const since = query.get('since') ?? '7d';
  const until = query.get('until') ?? undefined;
  const kind = query.get('actor_kind') ?? '';
  const severity = query.get('severity') ?? '';
  const actor = query.getAll('actor');
  const values = { ...filterValues(), since, until, actor };
  // The interface takes "" for those of whom nothing is known; an address cannot hold an empty word.
  const request = `${address('/api/changes', { ...values, limit: PAGE, actor_kind: kind === 'unknown' ? undefined : kind })}${
    kind === 'unknown' ? '&actor_kind=' : ''
  }`;
  const list = usePaged<Answer, Row>(
    request,
    (after, signal) =>
      get(`${request}${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`, {}, { signal }),
    ({ changes }) => changes,
  );
  const shown = list.rows.filter(
    (change) => ranks.indexOf(change.severity) >= ranks.indexOf(severity === '' ? 'info' : severity),
  );
  return (
    <>
      <PageHead title="Changes" text="What changed, who did it, and how that is known. Times are in UTC.">
        {list.outdated && (
          <button type="button" class="button primary" onClick={list.again}>
            <Icon name="again" size={16} /> Newer changes
          </button>
        )}
        <ShareMenu
          name="changes"
          command={`elava changes --since ${since}${filterFlags()}`}
          request={request}
          rows={() => shown}
        />
      </PageHead>
      <div class="filters">
        <Segments
          label="Since"
          chosen={until === undefined ? since : ''}
          options={spans}
          onChoose={(value) => setQuery({ since: value, until: undefined }, { push: true })}
        />
        <Segments
          label="Who"
          chosen={kind}
          options={kinds}
          onChoose={(value) => setQuery({ actor_kind: value }, { push: true })}
        />
        <Segments
          label="Severity"
          chosen={severity}
          options={severities}
          onChoose={(value) => setQuery({ severity: value }, { push: true })}
        />
        {actor.length > 0 && (
          <span class="chip">
            who: {actor.join(', ')}
            <button
              type="button"
              class="icon-button"
              aria-label="Remove the actor"
              onClick={() => setQuery({ actor: undefined }, { push: true })}
            >
              <Icon name="close" size={13} />
            </button>
          </span>
        )}
      </div>
      <Filters dimensions={['type', 'account', 'region']} />
      <CoverageNote coverage={list.first?.coverage} />
      <Panel>
        <List list={list} shown={shown} />
      </Panel>
    </>
  );
}

interface ListProps {
  readonly list: ReturnType<typeof usePaged<Answer, Row>>;
  readonly shown: readonly Row[];
}

function List({ list, shown }: ListProps) {
  const { rows, first, failure, loading, done, more, again } = list;
  const stopped = useEnough(list, shown.length, { least: 20, pages: 10 });
  if (failure && rows.length === 0) return <Failed failure={failure} again={again} />;
  if (loading && rows.length === 0) return <Waiting lines={8} />;
  if (shown.length === 0 && done) return first?.coverage.units === 0 ? <NotScanned /> : <Unchanged />;
  const words = stopped ? `Look further than the last ${count(rows.length)}` : `Show more than ${count(rows.length)}`;
  return (
    <>
      <ChangeList changes={shown} />
      {failure && <Failed failure={failure} again={more} slim />}
      {!done && !failure && (
        <button type="button" class="button wide" disabled={loading} onClick={more}>
          {loading ? 'Loading …' : words}
        </button>
      )}
    </>
  );
}

function Unchanged() {
  return (
    <Nothing icon="changes" title="Nothing changed here">
      <p>Take a longer time or fewer filters. What a first scan finds is no change: it was there before.</p>
    </Nothing>
  );
}
