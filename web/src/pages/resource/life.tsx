/** A resource's life, newest first: each change with who made it and what policies said of what it became. */
import { clockOf, dayOf } from '../../base/format.ts';
import { Nothing } from '../../parts/answer.tsx';
import { Badge } from '../../parts/badge.tsx';
import { ChangeLine } from '../../parts/change-line.tsx';
import { Panel } from '../../parts/panel.tsx';
import type { Timeline } from './answers.ts';
import { type Moment, momentsOf } from './moments.ts';

export function Life({ timeline }: { readonly timeline: Timeline }) {
  const moments = momentsOf(timeline);
  if (moments.length === 0) {
    return (
      <Nothing icon="time" title="Nothing is told of it">
        <p>It has been as it is since before the memory begins.</p>
      </Nothing>
    );
  }
  const days = Map.groupBy(moments, ({ at }) => at.slice(0, 10));
  return (
    <Panel>
      {[...days].map(([day, some]) => (
        <section key={day} class="day">
          <h2>{dayOf(day)}</h2>
          <ul class="lines life">
            {some.map((moment, index) => (
              <MomentLine key={`${moment.at} ${index}`} moment={moment} newest={moment === moments[0]} />
            ))}
          </ul>
        </section>
      ))}
    </Panel>
  );
}

function MomentLine({ moment, newest }: { readonly moment: Moment; readonly newest: boolean }) {
  return (
    <>
      {moment.change && <ChangeLine change={moment.change} own opened={newest && moment.change.fields.length > 0} />}
      {moment.verdicts.map(({ id, result, policy_name, evaluated_at, error }) => (
        <li key={id} class="line verdict">
          <div class="line-head">
            <span class="line-toggle" />
            <time class="line-time" dateTime={evaluated_at}>
              {clockOf(evaluated_at)}
            </time>
            <span class="line-kind">
              <Badge word={result.decision} />
            </span>
            <span class="line-what">
              <span class="type">{policy_name.replace(/^elava\./, '')}</span>{' '}
              {error === '' ? result.reason : `failed: ${error}`}
              {result.actions.length > 0 && (
                <span class="muted"> · would {result.actions.map((action) => String(action['type'])).join(', ')}</span>
              )}
            </span>
          </div>
        </li>
      ))}
    </>
  );
}
