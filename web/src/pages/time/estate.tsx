/** What there was, by type, with what it gained and lost since the earlier mark. */
import { get, type HistoryAnswer } from '../../base/api.ts';
import { count } from '../../base/format.ts';
import { useQuery } from '../../base/query.ts';
import { address } from '../../base/router.ts';
import { Answer, Nothing } from '../../parts/answer.tsx';
import { Bars } from '../../parts/bars.tsx';
import { filterValues } from '../../parts/filters.tsx';

type Counts = HistoryAnswer<'counts'>;

interface EstateProps {
  readonly from: string;
  readonly at: string;
  readonly isNow: boolean;
}

export function Estate({ from, at, isNow }: EstateProps) {
  const filter = filterValues();
  const then = isNow ? undefined : at;
  const key = JSON.stringify(filter);
  const counts = useQuery<Counts>(
    `then ${then} ${key}`,
    (signal) => get('/api/counts', { ...filter, at: then }, { signal }),
    {
      live: isNow,
    },
  );
  const before = useQuery<Counts>(`then ${from} ${key}`, (signal) =>
    get('/api/counts', { ...filter, at: from }, { signal }),
  );
  return (
    <Answer
      query={counts}
      empty={({ types }) =>
        Object.keys(types).length === 0 && (
          <Nothing icon="time" title="Nothing is known of that instant">
            <p>It lies before the first scan, or nothing fits the filter.</p>
          </Nothing>
        )
      }
    >
      {({ types }) => (
        <>
          <p class="total">
            <b>{count(total(types))}</b> resources
            {before.data && <Delta of={total(types)} since={total(before.data.types)} />}
            <a href={address('/resources', { ...filter, at: then })}>List them</a>
          </p>
          <Bars
            caption="Resources by type at the later mark"
            bars={Object.entries(types)
              .toSorted(([, a], [, b]) => b - a)
              .map(([type, value]) => ({
                key: type,
                value,
                label: (
                  <>
                    {type} {before.data && <Delta of={value} since={before.data.types[type] ?? 0} />}
                  </>
                ),
                href: address('/resources', { ...filter, type, at: then }),
              }))}
          />
        </>
      )}
    </Answer>
  );
}

const total = (types: Readonly<Record<string, number>>): number => Object.values(types).reduce((sum, n) => sum + n, 0);

function Delta({ of, since }: { readonly of: number; readonly since: number }) {
  const by = of - since;
  if (by === 0) return null;
  return <span class={by > 0 ? 'delta more' : 'delta fewer'}>{by > 0 ? `+${count(by)}` : `−${count(-by)}`}</span>;
}
