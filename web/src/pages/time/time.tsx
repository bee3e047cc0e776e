/** The estate as of any instant of the last 30 days, and what differs between two of them, coloured by who did it. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { duration, momentOf } from '../../base/format.ts';
import { now } from '../../base/pulse.ts';
import { useQuery } from '../../base/query.ts';
import { address, place, setQuery } from '../../base/router.ts';
import { Answer } from '../../parts/answer.tsx';
import { actorStacks } from '../../parts/by-actor.ts';
import { Columns } from '../../parts/columns.tsx';
import { CoverageNote } from '../../parts/coverage-note.tsx';
import { Filters, filterFlags, filterValues } from '../../parts/filters.tsx';
import { PageHead, Panel } from '../../parts/panel.tsx';
import { Segments } from '../../parts/segments.tsx';
import { ShareMenu } from '../../parts/share-menu.tsx';
import { Difference } from './difference.tsx';
import { Estate } from './estate.tsx';
import { iso, type Span, spanOf, useInstants } from './instants.ts';
import { Slider } from './slider.tsx';

const spans = [
  ['24h', 'Day'],
  ['7d', 'Week'],
  ['30d', '30 days'],
] as const;

export function TimeMachine() {
  const span = spanOf(place.value.query.get('span'));
  const instants = useInstants(span);
  const { from, at } = instants.settled;
  const filter = filterValues();
  const activity = useQuery<HistoryAnswer<'activity'>>(
    `span ${span.word} ${JSON.stringify(filter)}`,
    (signal) => get('/api/activity', { ...filter, from: span.word, step: span.step, by: ['actor_kind'] }, { signal }),
    { live: true },
  );
  const coverage = activity.data?.coverage;
  return (
    <>
      <PageHead
        title="Time machine"
        text="Drag the two marks: the estate as it was at each, and what differs, by who did it."
      >
        <ShareMenu
          name="difference"
          command={`elava diff --from ${iso(from)} --to ${iso(at)}${filterFlags()}`}
          request={address('/api/diff', { ...filter, from: iso(from), to: iso(at) })}
        />
      </PageHead>
      <Filters dimensions={['type', 'account', 'region']} text={false} at={iso(at)} />
      <CoverageNote coverage={coverage} />
      <Panel
        class="time-panel"
        title={
          <>
            {momentOf(instants.shown.from)} → {instants.isNow ? 'now' : momentOf(instants.shown.at)}{' '}
            <span class="muted">UTC · {duration(instants.shown.at - instants.shown.from)} apart</span>
          </>
        }
        tools={
          <Segments
            label="Length of the slider"
            chosen={span.word}
            options={spans}
            onChoose={(value) => setQuery({ span: value, from: undefined, at: undefined }, { push: true })}
          />
        }
      >
        <Answer query={activity} lines={4}>
          {(data) => (
            <Columns at={data.at} stacks={actorStacks(data)} height={92} caption="Changes over time by who made them" />
          )}
        </Answer>
        <Slider span={span} instants={instants} end={now.value} />
      </Panel>
      <div class="columns start">
        <Panel class="w4" title="The estate then" note={instants.isNow ? 'now' : `${momentOf(at)} UTC`}>
          <Estate from={iso(from)} at={iso(at)} isNow={instants.isNow} />
        </Panel>
        <Panel class="w8" title="What differs" note="the net difference, by who made the last change">
          <Difference instants={instants.settled} />
        </Panel>
      </div>
    </>
  );
}

export type { Span };
