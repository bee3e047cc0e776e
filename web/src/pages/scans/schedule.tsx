/** When each tier was read and is due again. */
import { ago, duration, plural } from '../../base/format.ts';
import { now } from '../../base/pulse.ts';
import { Answer } from '../../parts/answer.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useSystem } from '../system/use-system.ts';

export function Schedule() {
  const query = useSystem();
  return (
    <Panel title="Tiers" note="how often what is read">
      <Answer query={query}>
        {({ schedule }) => {
          if (!schedule.ok) return <p class="muted">The orchestrator does not answer: {schedule.code}</p>;
          const { running, tiers } = schedule.value;
          return (
            <>
              {!running && (
                <p class="muted">Nothing is scanned by itself now: this process was not started with "elava serve".</p>
              )}
              <ul class="tiers">
                {tiers.map(({ tier, interval_ms, units, last, next }) => (
                  <li key={tier}>
                    <strong>{tier}</strong> <span class="muted">every {duration(interval_ms)}</span>
                    <p class="muted">
                      {plural(units, 'unit')} · last {ago(last, now.value)}
                      {next !== '' &&
                        ` · next ${Date.parse(next) > now.value ? `in ${duration(Date.parse(next) - now.value)}` : 'now'}`}
                    </p>
                  </li>
                ))}
              </ul>
            </>
          );
        }}
      </Answer>
    </Panel>
  );
}
