/** The action ledger: each changing call, its intent and its outcome. */
import { post } from '../../base/api.ts';
import { momentOf } from '../../base/format.ts';
import { useQuery } from '../../base/query.ts';
import { address } from '../../base/router.ts';
import { Answer, Nothing } from '../../parts/answer.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Table } from '../../parts/table.tsx';
import type { ActionsAnswer } from './answers.ts';

const tone: Readonly<Record<string, string>> = { done: 'good', failed: 'bad', open: 'warn' };

export function Ledger() {
  const query = useQuery<ActionsAnswer>(
    'actions',
    (signal) => post('/api/reconciler/actions', { limit: 500 }, { signal }),
    {
      live: true,
    },
  );
  return (
    <Panel>
      <Answer
        query={query}
        empty={({ actions }) =>
          actions.length === 0 && (
            <Nothing icon="plans" title="Nothing was done yet">
              <p>Each changing call is written here before it is made, and its outcome after.</p>
            </Nothing>
          )
        }
      >
        {({ actions }) => (
          <Table heads={['Outcome', 'When (UTC)', 'Action', 'Resource', 'By', 'Detail']}>
            {actions.map(({ id, outcome, at, action, step, resource_id, by, detail }) => (
              <tr key={id}>
                <td>
                  <Badge word={outcome} tone={tone[outcome] ?? 'plain'} />
                </td>
                <td>{momentOf(at)}</td>
                <td>
                  {action} <span class="muted">{step}</span>
                </td>
                <td>
                  <a href={address('/resource', { id: resource_id })}>{resource_id.split(/[/:]/).at(-1)}</a>
                </td>
                <td>{by}</td>
                <td class="detail">{detail}</td>
              </tr>
            ))}
          </Table>
        )}
      </Answer>
    </Panel>
  );
}
