/** What policies say of live resources: counted by rule, then one by one with the reason. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { count, ruleName } from '../../base/format.ts';
import { usePaged } from '../../base/paged.ts';
import { useQuery } from '../../base/query.ts';
import { address, place, setQuery } from '../../base/router.ts';
import { Answer, Failed, Nothing, Waiting } from '../../parts/answer.tsx';
import { Badge, toneOf } from '../../parts/badge.tsx';
import { Bars } from '../../parts/bars.tsx';
import { CoverageNote } from '../../parts/coverage-note.tsx';
import { Filters, filterFlags, filterValues } from '../../parts/filters.tsx';
import { Grid, type GridColumn } from '../../parts/grid.tsx';
import { NotScanned } from '../../parts/not-scanned.tsx';
import { PageHead, Panel } from '../../parts/panel.tsx';
import { Segments } from '../../parts/segments.tsx';
import { ShareMenu } from '../../parts/share-menu.tsx';

type Found = HistoryAnswer<'evaluations'>;
type Row = Found['evaluations'][number];
type Verdicts = HistoryAnswer<'verdicts'>;

const PAGE = 200;
const decisions = [
  ['', 'All that speak'],
  ['deny', 'Denied'],
  ['require_approval', 'Needs approval'],
  ['flag', 'Flagged'],
] as const;
const speaking = ['deny', 'require_approval', 'flag'];

const columns: readonly GridColumn<Row>[] = [
  { head: 'Resource', width: 'minmax(140px, 1.8fr)', cell: (row) => row.name || row.resource_id },
  { head: 'Decision', width: '124px', cell: (row) => <Badge word={row.result.decision} /> },
  {
    head: 'Rule',
    width: 'minmax(140px, 1.8fr)',
    cell: (row) => <span title={row.result.policies.join(', ')}>{ruleOf(row)}</span>,
  },
  {
    head: 'Why',
    width: 'minmax(200px, 5fr)',
    cell: (row) => <span title={row.result.reason}>{row.result.reason || row.error}</span>,
  },
  { head: 'Type', width: '100px', cell: (row) => <span class="type">{row.type}</span> },
];

function ruleOf({ result: { policies }, policy_name }: Row): string {
  const [first = policy_name, ...rest] = policies;
  return rest.length === 0 ? ruleName(first) : `${ruleName(first)} +${rest.length}`;
}

export function Findings() {
  const { query } = place.value;
  const chosen = query.get('decision') ?? '';
  const rule = query.get('rule') ?? '';
  const decision = chosen === '' ? speaking : [chosen];
  const values = { ...filterValues(), decision, rule: rule || undefined };
  const key = JSON.stringify(values);
  const list = usePaged<Found, Row>(
    key,
    (after, signal) => get('/api/evaluations', { ...values, after, limit: PAGE }, { signal }),
    ({ evaluations }) => evaluations,
  );
  return (
    <>
      <PageHead title="Findings" text="What the policies say of what is there now, and why.">
        <ShareMenu
          name="findings"
          command={`elava findings --decision ${decision.join(',')}${rule && ` --rule ${rule}`}${filterFlags()}`}
          request={address('/api/evaluations', { ...values, limit: PAGE })}
          rows={() => list.rows}
        />
      </PageHead>
      <div class="filters">
        <Segments
          label="Decision"
          chosen={chosen}
          options={decisions}
          onChoose={(value) => setQuery({ decision: value, rule: undefined }, { push: true })}
        />
      </div>
      <Filters dimensions={['type', 'account', 'region']} />
      <CoverageNote coverage={list.first?.coverage} />
      <div class="columns start">
        <Panel class="w3 bounded" title="By rule">
          <Rules decision={decision} chosen={rule} />
        </Panel>
        <Panel class="w9 flush">
          <List list={list} />
        </Panel>
      </div>
    </>
  );
}

function Rules({ decision, chosen }: { readonly decision: readonly string[]; readonly chosen: string }) {
  const values = { ...filterValues(), by: ['decision', 'rule'], decision, limit: 60 };
  const query = useQuery<Verdicts>(
    `rules ${JSON.stringify(values)}`,
    (signal) => get('/api/verdicts', values, { signal }),
    {
      live: true,
    },
  );
  return (
    <Answer query={query} empty={({ groups }) => groups.length === 0 && <p class="muted">No rule speaks.</p>}>
      {({ groups }) => (
        <>
          {chosen !== '' && (
            <button type="button" class="button small" onClick={() => setQuery({ rule: undefined }, { push: true })}>
              Show all rules
            </button>
          )}
          <Bars
            stacked
            caption="Findings by rule"
            bars={groups
              .filter(({ key }) => chosen === '' || key['rule'] === chosen)
              .map(({ key, count: value }) => ({
                key: `${key['decision']} ${key['rule']}`,
                label: <span title={key['rule']}>{ruleName(key['rule'] ?? '')}</span>,
                value,
                tone: toneOf(key['decision'] ?? ''),
                href: address('/findings', { ...filterValues(), decision: key['decision'], rule: key['rule'] }),
              }))}
          />
        </>
      )}
    </Answer>
  );
}

function List({ list }: { readonly list: ReturnType<typeof usePaged<Found, Row>> }) {
  const { rows, first, failure, loading, done, more, again } = list;
  if (rows.length === 0) {
    if (failure) return <Failed failure={failure} again={again} />;
    if (loading || !done) return <Waiting lines={8} />;
    if (first?.coverage.units === 0) return <NotScanned />;
    return (
      <Nothing icon="findings" title="No policy objects">
        <p>Either all is well, or no policy is for what you chose. The Policies page lists them.</p>
      </Nothing>
    );
  }
  return (
    <Grid
      caption="Findings"
      columns={columns}
      rows={rows}
      keyOf={(row) => row.id}
      hrefOf={(row) => address('/resource', { id: row.resource_id })}
      onEnd={more}
      foot={
        failure
          ? failure.message
          : loading
            ? 'Loading more …'
            : done
              ? `That is all: ${count(rows.length)}.`
              : undefined
      }
    />
  );
}
