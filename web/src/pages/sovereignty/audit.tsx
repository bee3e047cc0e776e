/** What happened: objects that began and ceased to violate, from Elava's memory. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { useQuery } from '../../base/query.ts';
import { Answer, Nothing } from '../../parts/answer.tsx';
import { ChangeList } from '../../parts/change-list.tsx';
import { Panel } from '../../parts/panel.tsx';

export function Audit({ cluster }: { readonly cluster: string }) {
  const query = useQuery<HistoryAnswer<'changes'>>(
    `audit ${cluster}`,
    (signal) =>
      get(
        '/api/changes',
        { type: 'k8s_violation', account: cluster, since: '30d', baseline: 'true', limit: 500 },
        { signal },
      ),
    { live: true },
  );
  return (
    <Panel title="Audit log" note="30 days, newest first">
      <Answer
        query={query}
        empty={({ changes }) =>
          changes.length === 0 && (
            <Nothing icon="sovereignty" title="Nothing has happened yet">
              <p>Each workload that begins or ceases to violate a policy is written here.</p>
            </Nothing>
          )
        }
      >
        {({ changes }) => <ChangeList changes={changes} />}
      </Answer>
    </Panel>
  );
}
