/** The rules that judge: what they say, where they stand, how their tests go, and whom they speak of. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { ago, count, plural } from '../../base/format.ts';
import { now } from '../../base/pulse.ts';
import { useQuery } from '../../base/query.ts';
import { address, place } from '../../base/router.ts';
import { Answer, Nothing } from '../../parts/answer.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Figure, PageHead, Panel } from '../../parts/panel.tsx';
import { ShareMenu } from '../../parts/share-menu.tsx';
import { Tabs, tabOf } from '../../parts/tabs.tsx';
import type { Rules, TestsAnswer } from './answers.ts';
import { Source } from './source.tsx';
import { Tests } from './tests.tsx';
import { TryIt } from './try-it.tsx';

const tabs = [
  ['rules', 'Rules'],
  ['source', 'Source'],
  ['tests', 'Tests'],
  ['try', 'Try an input'],
] as const;

export function Policies() {
  const { query } = place.value;
  const tab = query.has('try') ? 'try' : tabOf(tabs);
  const rules = useQuery<Rules>('rules loaded', (signal) => get('/api/rules', {}, { signal }), { live: true });
  return (
    <>
      <PageHead title="Policies" text="The Rego that judges the estate, compiled in this process.">
        <ShareMenu name="rules" command="elava policy list" request="/api/rules" rows={() => rules.data?.rules ?? []} />
      </PageHead>
      <Answer query={rules}>{(loaded) => <Loaded loaded={loaded} />}</Answer>
      <Tabs label="Views of the policies" tabs={tabs} shown={tab} clear={{ try: undefined }} />
      {tab === 'rules' && <Answer query={rules}>{(loaded) => <RuleList loaded={loaded} />}</Answer>}
      {tab === 'source' && <Source />}
      {tab === 'tests' && <Tests />}
      {tab === 'try' && <TryIt packages={rules.data?.packages ?? []} />}
    </>
  );
}

function Loaded({ loaded }: { readonly loaded: Rules }) {
  const tests = useQuery<TestsAnswer>(`tests ${loaded.digest}`, (signal) =>
    get('/api/rules/tests', {}, { signal, timeoutMs: 120_000 }),
  );
  const passed = tests.data?.tests.filter(({ outcome }) => outcome === 'pass').length;
  const all = tests.data?.tests.length;
  return (
    <>
      {loaded.errors.length > 0 && (
        <div class="notice bad" role="alert">
          <div>
            <strong>The policies on disk do not load. The last good ones judge on.</strong>
            {loaded.errors.map(({ file, row, col, message }) => (
              <p key={`${file}:${row}:${col}`}>
                <code>
                  {file}:{row}:{col}
                </code>{' '}
                {message}
              </p>
            ))}
          </div>
        </div>
      )}
      <div class="figures">
        <Figure
          label="Rules"
          value={count(loaded.rules.length)}
          note={`in ${plural(loaded.packages.length, 'package')}`}
        />
        <Figure
          label="Tests"
          value={all === undefined ? '–' : `${count(passed ?? 0)} / ${count(all)}`}
          note={tests.loading ? 'running …' : 'pass'}
          tone={all !== undefined && passed !== all ? 'bad' : 'good'}
          href={address('/policies', { tab: 'tests' })}
        />
        <Figure
          label="Revision"
          value={<code class="digest">{loaded.digest.slice(0, 12)}</code>}
          note={`loaded ${ago(loaded.loaded, now.value)}`}
        />
      </div>
    </>
  );
}

type Verdicts = HistoryAnswer<'verdicts'>;
const severities: readonly string[] = ['critical', 'high', 'medium', 'low', 'info', ''];

function RuleList({ loaded }: { readonly loaded: Rules }) {
  const affected = useQuery<Verdicts>(
    'affected',
    (signal) =>
      get(
        '/api/verdicts',
        { by: ['decision', 'rule'], decision: ['deny', 'require_approval', 'flag'], limit: 1000 },
        { signal },
      ),
    { live: true },
  );
  if (loaded.rules.length === 0) return <Nothing icon="policies" title="No rules are loaded" />;
  const packages = [...Map.groupBy(loaded.rules, (rule) => rule.package)];
  const hits = (rule: string) => affected.data?.groups.filter(({ key }) => key['rule'] === rule) ?? [];
  return (
    <>
      {packages.map(([name, rules]) => (
        <Panel key={name} class="after" title={name.replace(/^elava\./, '')} note={plural(rules.length, 'rule')}>
          <ul class="rules">
            {rules
              .toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
              .map((rule) => (
                <RuleLine
                  key={`${rule.file}:${rule.row}:${rule.rule}`}
                  rule={rule}
                  hits={hits(`${name}.${rule.rule}`)}
                />
              ))}
          </ul>
        </Panel>
      ))}
    </>
  );
}

interface RuleLineProps {
  readonly rule: Rules['rules'][number];
  readonly hits: Verdicts['groups'];
}

function RuleLine({ rule, hits }: RuleLineProps) {
  const path = `${rule.package}.${rule.rule}`;
  return (
    <li>
      <div>
        <strong>{rule.title || rule.rule}</strong> {rule.severity !== '' && <Badge word={rule.severity} />}
        {rule.description !== '' && <p>{rule.description}</p>}
        <p class="muted">
          <code>{rule.rule}</code> ·{' '}
          <a href={address('/policies', { tab: 'source', file: rule.file, line: rule.row })}>
            {rule.file}:{rule.row}
          </a>
        </p>
      </div>
      <div class="rule-hits">
        {hits.length === 0 ? (
          <span class="muted">speaks of nothing now</span>
        ) : (
          hits.map(({ key, count: n }) => (
            <a key={key['decision']} href={address('/findings', { decision: key['decision'], rule: path })}>
              <Badge word={key['decision'] ?? ''} /> {count(n)}
            </a>
          ))
        )}
      </div>
    </li>
  );
}
