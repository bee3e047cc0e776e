/** What it refers to and what refers to it, now and before: as a picture, and as a list that says since when. */
import { get } from '../../base/api.ts';
import { momentOf, plural } from '../../base/format.ts';
import { useQuery } from '../../base/query.ts';
import { address } from '../../base/router.ts';
import { Answer, Nothing } from '../../parts/answer.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Table } from '../../parts/table.tsx';
import type { Relations as Found, Related } from './answers.ts';
import { Graph } from './graph.tsx';

export function Relations({ id }: { readonly id: string }) {
  const query = useQuery<Found>(`relations ${id}`, (signal) => get('/api/relations', { id, limit: 500 }, { signal }), {
    live: true,
  });
  return (
    <Answer
      query={query}
      empty={({ relations }) =>
        relations.length === 0 && (
          <Nothing icon="graph" title="It stands alone">
            <p>It refers to nothing that is known, and nothing that is known refers to it.</p>
          </Nothing>
        )
      }
    >
      {({ relations }) => <Shown relations={relations} />}
    </Answer>
  );
}

function Shown({ relations }: { readonly relations: readonly Related[] }) {
  const lasting = relations.filter(({ until }) => until === '');
  const users = lasting.filter(({ direction, live }) => direction === 'from' && live);
  return (
    <>
      <Panel
        title={
          users.length === 0
            ? 'Nothing uses it'
            : `${plural(users.length, 'resource')} ${users.length === 1 ? 'uses' : 'use'} it`
        }
        note={users.length === 0 ? 'a change to it touches nothing else that is known' : 'a change to it touches them'}
      >
        <Graph relations={lasting} />
      </Panel>
      <Panel class="after" title="All references" note="also those that ended">
        <Table heads={['Direction', 'Resource', 'Type', 'From', 'Until']}>
          {relations.map((one) => (
            <tr key={`${one.direction} ${one.id} ${one.from}`}>
              <td class="still">{one.direction === 'to' ? 'refers to' : 'is used by'}</td>
              <td>
                <a href={address('/resource', { id: one.id })}>{one.name || one.id}</a>{' '}
                {!one.live && one.type !== '' && <Badge word="gone" tone="bad" />}
              </td>
              <td>
                <span class="type">{one.type || 'not scanned'}</span>
              </td>
              <td>{one.began ? momentOf(one.from) : 'the start'}</td>
              <td>{one.until === '' ? 'lasts' : momentOf(one.until)}</td>
            </tr>
          ))}
        </Table>
      </Panel>
    </>
  );
}
