/** The units that are not complete, or those of a chosen cell: what the provider said, and what to do. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { ago, count } from '../../base/format.ts';
import { now } from '../../base/pulse.ts';
import { useQuery } from '../../base/query.ts';
import { place, setQuery } from '../../base/router.ts';
import { Answer, Nothing } from '../../parts/answer.tsx';
import { Badge } from '../../parts/badge.tsx';
import { filterValues } from '../../parts/filters.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Table } from '../../parts/table.tsx';
import { adviceOf } from './advice.ts';

type Found = HistoryAnswer<'coverage'>;
const MOST = 300;

export function Units() {
  const { query } = place.value;
  const account = query.get('in_account') ?? undefined;
  const region = query.get('in_region') ?? undefined;
  const filter = filterValues();
  const values = {
    ...filter,
    account: account ?? filter['account'],
    region: region ?? filter['region'],
    limit: MOST + 1,
    // Of a whole estate only what is wrong: a large one has tens of thousands of units.
    ...(account === undefined ? { state: ['partial', 'failed', 'skipped'] } : {}),
  };
  const found = useQuery<Found>(
    `units ${JSON.stringify(values)}`,
    (signal) => get('/api/coverage', values, { signal }),
    { live: true },
  );
  const whole = account !== undefined;
  return (
    <Panel
      title={whole ? `${account} in ${region}` : 'Not complete'}
      note={whole ? 'all of its units' : 'what the last reading could not see'}
      tools={
        whole && (
          <button
            type="button"
            class="button small"
            onClick={() => setQuery({ in_account: undefined, in_region: undefined })}
          >
            Show all that failed
          </button>
        )
      }
    >
      <Answer query={found}>
        {({ units }) => {
          if (units.length === 0) return <Nothing icon="done" title="Every unit was read completely" />;
          return <UnitTable units={units.slice(0, MOST)} more={units.length > MOST} />;
        }}
      </Answer>
    </Panel>
  );
}

function UnitTable({ units, more }: { readonly units: Found['units']; readonly more: boolean }) {
  return (
    <>
      <Table heads={['State', 'Unit', 'What happened, and what to do', 'Resources', 'When']} right={2}>
        {units.map((unit) => (
          <tr key={`${unit.account}/${unit.region}/${unit.type}`}>
            <td>
              <Badge word={unit.state} />
            </td>
            <td>
              <span class="type">{unit.type}</span>
              <br />
              <span class="muted">
                {unit.account} · {unit.region}
              </span>
            </td>
            <td>
              {unit.error === '' ? (
                <span class="muted">
                  {unit.held > 0 ? `${unit.held} vanished, held until a second reading agrees` : 'Nothing to report.'}
                </span>
              ) : (
                <>
                  <code>{unit.error}</code> {adviceOf(unit.error)}
                  <br />
                  <span class="muted detail">{unit.detail}</span>
                </>
              )}
            </td>
            <td class="right">{count(unit.count)}</td>
            <td class="right">{ago(unit.finished, now.value)}</td>
          </tr>
        ))}
      </Table>
      {more && <p class="muted">There are more than {count(MOST)}; narrow them with the filters.</p>}
    </>
  );
}
