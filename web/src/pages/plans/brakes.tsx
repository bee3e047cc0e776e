/** Everything can be stopped before its next call. Who stopped it, and why, stands above all plans. */
import { useState } from 'preact/hooks';
import { post } from '../../base/api.ts';
import { ago } from '../../base/format.ts';
import { now } from '../../base/pulse.ts';
import { useQuery } from '../../base/query.ts';
import { Icon } from '../../parts/icon.tsx';
import type { SwitchesAnswer } from './answers.ts';
import { Doing } from './doing.tsx';

export function Brakes() {
  const query = useQuery<SwitchesAnswer>('switches', (signal) => post('/api/reconciler/switches', {}, { signal }), {
    live: true,
  });
  const stopped = query.data?.switches.filter((one) => one.stopped) ?? [];
  return (
    <>
      {stopped.map(({ policy, reason, by, at }) => (
        <div key={policy} class="notice bad" role="alert">
          <Icon name="pause" />
          <div>
            <strong>{policy === '' ? 'All actions are stopped.' : `Actions of ${policy} are stopped.`}</strong>
            <p>
              {reason} ({by}, {ago(at, now.value)})
            </p>
          </div>
          <Doing
            label="Let them go on"
            act={() =>
              post('/api/reconciler/stop', {
                reason: 'resumed on the dashboard',
                resume: true,
                ...(policy === '' ? {} : { policy }),
              })
            }
            done={query.again}
          />
        </div>
      ))}
      {stopped.every(({ policy }) => policy !== '') && <StopAll done={query.again} />}
    </>
  );
}

function StopAll({ done }: { readonly done: () => void }) {
  const [reason, setReason] = useState('');
  return (
    <details class="brake">
      <summary class="button small">Stop all actions …</summary>
      <div class="filters">
        <label class="inline-field">
          Why
          <input class="input" value={reason} onInput={({ currentTarget }) => setReason(currentTarget.value)} />
        </label>
        <Doing
          label="Stop everything"
          tone="danger"
          disabled={reason.trim() === ''}
          act={() => post('/api/reconciler/stop', { reason })}
          done={done}
        />
      </div>
    </details>
  );
}
