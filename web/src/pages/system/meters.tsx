/** The process's own figures, from /metrics: what waits, what was dropped, what failed. */
import { get } from '../../base/api.ts';
import { count } from '../../base/format.ts';
import { parseMetrics, type Sample } from '../../base/metrics.ts';
import { useQuery } from '../../base/query.ts';
import { Answer, Nothing } from '../../parts/answer.tsx';
import { Panel } from '../../parts/panel.tsx';

const own = /^elava_(?!.*_(bucket|sum|count|created)$)/;

export function Meters() {
  const query = useQuery<string>('metrics', (signal) => get('/metrics', {}, { signal }), { live: true });
  return (
    <Panel title="Meters" note="since the process began">
      <Answer query={query}>
        {(text) => {
          const groups = [
            ...Map.groupBy(
              parseMetrics(text).filter(({ name }) => own.test(name)),
              ({ name }) => name,
            ),
          ];
          if (groups.length === 0) return <Nothing icon="system" title="No figures yet" />;
          return (
            <ul class="meters">
              {groups.map(([name, samples]) => (
                <Meter key={name} name={name} samples={samples} />
              ))}
            </ul>
          );
        }}
      </Answer>
    </Panel>
  );
}

const MOST = 6;

function Meter({ name, samples }: { readonly name: string; readonly samples: readonly Sample[] }) {
  const shown = samples.toSorted((a, b) => b.value - a.value).slice(0, MOST);
  return (
    <li>
      <code>{name.replace(/^elava_/, '')}</code>
      {shown.map(({ labels, value }) => (
        <span key={JSON.stringify(labels)}>
          <span class="muted">{Object.values(labels).join(' ')}</span>{' '}
          <b>{Number.isInteger(value) ? count(value) : value.toPrecision(3)}</b>
        </span>
      ))}
    </li>
  );
}
