/** One resource: what it is, its whole life, what it hangs together with, and its documents. */
import { get } from '../../base/api.ts';
import { ago, lastPart } from '../../base/format.ts';
import { now } from '../../base/pulse.ts';
import { useQuery } from '../../base/query.ts';
import { address, place } from '../../base/router.ts';
import { Answer, Nothing } from '../../parts/answer.tsx';
import { Badge } from '../../parts/badge.tsx';
import { CoverageNote } from '../../parts/coverage-note.tsx';
import { Fact } from '../../parts/fact.tsx';
import { PageHead, Panel } from '../../parts/panel.tsx';
import { ShareMenu } from '../../parts/share-menu.tsx';
import { Tabs, tabOf } from '../../parts/tabs.tsx';
import type { Timeline } from './answers.ts';
import { Compare } from './compare.tsx';
import { Life } from './life.tsx';
import { Raw } from './raw.tsx';
import { Relations } from './relations.tsx';
import { Verdict } from './verdict.tsx';

const tabs = [
  ['life', 'Timeline'],
  ['relations', 'References'],
  ['compare', 'Compare versions'],
  ['raw', 'Document'],
] as const;

export function ResourcePage() {
  const { query } = place.value;
  const id = query.get('id') ?? '';
  const tab = tabOf(tabs);
  const found = useQuery<Timeline>(`timeline ${id}`, (signal) => get('/api/timeline', { id, limit: 500 }, { signal }), {
    live: true,
    when: id !== '',
  });
  if (id === '') {
    return (
      <>
        <PageHead title="Resource" text="One resource's whole life." />
        <Panel>
          <Nothing title="Which resource?">
            <p>
              Search for one above, or choose one in the <a href="/resources">list of resources</a>.
            </p>
          </Nothing>
        </Panel>
      </>
    );
  }
  if (found.failure?.code === 'NOT_FOUND' && found.data === undefined) return <Unknown id={id} />;
  return (
    <Answer query={found} lines={10}>
      {(timeline) => (
        <>
          <Head timeline={timeline} />
          <CoverageNote coverage={timeline.coverage} />
          <div class="columns">
            <div class="w8">
              <Tabs label="Views of the resource" tabs={tabs} shown={tab} />
              <Tab name={tab} timeline={timeline} />
            </div>
            <aside class="w4 aside" aria-label="About the resource">
              <Verdict timeline={timeline} />
              <About timeline={timeline} />
            </aside>
          </div>
        </>
      )}
    </Answer>
  );
}

function Tab({ name, timeline }: { readonly name: string; readonly timeline: Timeline }) {
  if (name === 'relations') return <Relations id={timeline.id} />;
  if (name === 'compare') return <Compare timeline={timeline} />;
  if (name === 'raw') return <Raw timeline={timeline} />;
  return <Life timeline={timeline} />;
}

function Unknown({ id }: { readonly id: string }) {
  return (
    <>
      <PageHead title="Resource" text={id} />
      <Panel>
        <Nothing title="Nothing is known of it">
          <p>
            No resource of the last 30 days has this in its id.{' '}
            <a href={address('/resources', { text: id })}>Look for it in names</a>, or{' '}
            <a href="/scans">see what could not be read</a>.
          </p>
        </Nothing>
      </Panel>
    </>
  );
}

function Head({ timeline: { id, live, versions } }: { readonly timeline: Timeline }) {
  const newest = versions[0]?.resource;
  return (
    <PageHead
      title={newest?.name || lastPart(id)}
      text={
        <>
          <span class="type">{newest?.type}</span>{' '}
          <Badge word={live ? newest?.status || 'live' : 'gone'} tone={live ? 'good' : 'bad'} />
          <br />
          <code class="id">{id}</code>
        </>
      }
    >
      <ShareMenu
        name="resource"
        command={`elava timeline '${id}'`}
        request={`/api/timeline?id=${encodeURIComponent(id)}`}
        rows={() => versions.map(({ resource }) => resource)}
      />
    </PageHead>
  );
}

function About({ timeline: { versions, changes } }: { readonly timeline: Timeline }) {
  const newest = versions[0]?.resource;
  const first = versions.at(-1);
  if (!newest) return null;
  const tags = Object.entries(newest.tags);
  const facts: readonly (readonly [string, string])[] = [
    ['Account', newest.account],
    ['Region', newest.region],
    ['Created', newest.created_at === '' ? 'not told' : ago(newest.created_at, now.value)],
    ['First seen', first ? ago(first.at, now.value) : 'never'],
    ['Versions', String(versions.length)],
    ['Changes', String(changes.filter(({ baseline }) => !baseline).length)],
  ];
  return (
    <>
      <Panel title="Facts">
        <dl class="facts">
          {facts.map(([name, value]) => (
            <Fact key={name} name={name}>
              {value}
            </Fact>
          ))}
        </dl>
      </Panel>
      <Panel title="Tags" note={String(tags.length)}>
        {tags.length === 0 ? (
          <p class="muted">It has none, so nobody is named as its owner.</p>
        ) : (
          <dl class="facts tags">
            {tags.map(([name, value]) => (
              <Fact key={name} name={name}>
                {value || <span class="muted">empty</span>}
              </Fact>
            ))}
          </dl>
        )}
      </Panel>
    </>
  );
}
