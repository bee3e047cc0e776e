/** Changes under the days they happened on. */
import type { Change } from '../../../lib/resource.ts';
import { dayOf, plural } from '../base/format.ts';
import { ChangeLine } from './change-line.tsx';

interface ChangeListProps {
  readonly changes: readonly Change[];
  readonly own?: boolean;
}

export function ChangeList({ changes, own = false }: ChangeListProps) {
  const days = Map.groupBy(changes, ({ at }) => at.slice(0, 10));
  return (
    <>
      {[...days].map(([day, some]) => (
        <section key={day} class="day">
          <h2>
            {dayOf(day)} <span class="muted">{plural(some.length, 'change')}</span>
          </h2>
          <ul class="lines">
            {some.map((change) => (
              <ChangeLine key={`${change.id} ${change.revision}`} change={change} own={own} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
