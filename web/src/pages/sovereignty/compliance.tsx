/** Pods and volumes that are, or may come, outside the allowed regions: what is wrong with each, affinity included. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { count } from '../../base/format.ts';
import { useQuery } from '../../base/query.ts';
import { Answer, Nothing } from '../../parts/answer.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Bars } from '../../parts/bars.tsx';
import { Columns } from '../../parts/columns.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Table } from '../../parts/table.tsx';
import type { SovereigntyAnswer } from './answers.ts';

type Series = HistoryAnswer<'series'>;

/** Words for the codes of services/sovereignty; a code without words is shown as it is. */
const faults: Readonly<Record<string, string>> = {
  'no-affinity': 'No required node affinity: it may be scheduled anywhere',
  'open-affinity': 'Its affinity lets in a region that is not allowed',
  'running-outside': 'It runs outside the allowed regions now',
  'node-mislabelled': "Its node's region label and its provider id disagree",
  'node-unlabelled': 'Its node does not say in which region it is',
  'volume-outside': 'Its volume lies outside the allowed regions',
};

export function Compliance({ found: { violations, policies, status } }: { readonly found: SovereigntyAnswer }) {
  const groups = [...Map.groupBy(violations, ({ fault }) => fault)].toSorted(([, a], [, b]) => b.length - a.length);
  return (
    <>
      <div class="columns">
        <Panel class="w6" title="Violations over 30 days" note="objects that violated, day by day">
          <Trend cluster={status.cluster} />
        </Panel>
        <Panel class="w6" title="What is wrong">
          {groups.length === 0 ? (
            <Nothing icon="done" title="Every workload keeps to its regions" />
          ) : (
            <Bars
              caption="Violations by fault"
              bars={groups.map(([fault, some]) => ({
                key: fault,
                label: faults[fault] ?? fault,
                value: some.length,
                tone: 'bad',
              }))}
            />
          )}
        </Panel>
      </div>
      {violations.length > 0 && (
        <Panel title={`${count(violations.length)} violations`} note={`of ${count(policies.length)} policies`}>
          <Table heads={['Action', 'Object', 'What is wrong', 'Runs on', 'Policy']}>
            {violations.map((one) => (
              <tr key={`${one.policy} ${one.kind} ${one.namespace}/${one.name} ${one.fault}`}>
                <td>
                  <Badge word={one.action} />
                </td>
                <td>
                  {one.kind} <strong>{one.name}</strong>
                  <br />
                  <span class="muted">{one.namespace}</span>
                </td>
                <td>
                  {faults[one.fault] ?? one.fault}
                  <p class="detail muted">{one.message}</p>
                </td>
                <td>
                  {one.node === '' ? 'no node yet' : one.node}
                  <br />
                  <span class="muted">{[one.region || 'region unknown', one.account].filter(Boolean).join(' · ')}</span>
                </td>
                <td>{one.policy}</td>
              </tr>
            ))}
          </Table>
        </Panel>
      )}
    </>
  );
}

function Trend({ cluster }: { readonly cluster: string }) {
  const query = useQuery<Series>(`violations series ${cluster}`, (signal) =>
    get('/api/series', { type: 'k8s_violation', account: cluster, from: '30d', step: 'day' }, { signal }),
  );
  return (
    <Answer
      query={query}
      empty={({ total }) => total.every((n) => n === 0) && <p class="muted">None is remembered.</p>}
    >
      {({ at, total }) => (
        <Columns
          at={at}
          stacks={[{ key: 'violations', label: 'Violating objects', tone: 'bad', values: total }]}
          height={110}
          caption="Violating objects"
        />
      )}
    </Answer>
  );
}
