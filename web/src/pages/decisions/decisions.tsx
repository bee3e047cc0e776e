/** What tenants' policies answer, as it happens. */
import { useEffect } from 'preact/hooks';
import { get } from '../../base/api.ts';
import { compact, count, share } from '../../base/format.ts';
import { useQuery } from '../../base/query.ts';
import { place, setQuery } from '../../base/router.ts';
import { Nothing } from '../../parts/answer.tsx';
import { Bars } from '../../parts/bars.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Figure, PageHead, Panel } from '../../parts/panel.tsx';
import { ShareMenu } from '../../parts/share-menu.tsx';
import type { Live } from './decided.ts';
import { Explain } from './explain.tsx';
import { LatencyLater } from './latency-later.tsx';
import { held, listen, live } from './live.ts';
import { Stream } from './stream.tsx';

interface Tenants {
  readonly tenants: readonly { readonly id: string; readonly state?: string }[];
}
const words: Readonly<Record<Live['state'], string>> = {
  connecting: 'Connecting …',
  open: 'Connected',
  broken: 'The connection broke; it is made anew',
  refused: 'The server refuses; it is asked again',
};

export function Decisions() {
  const tenant = place.value.query.get('tenant') ?? '';
  useEffect(() => listen(tenant), [tenant]);
  const tenants = useQuery<Tenants>('tenants', (signal) => get('/api/tenants', {}, { signal }));
  const { state, rows, allowed, denied, rate } = live.value;
  const second = rate.slice(-11, -1).reduce((sum, n) => sum + n, 0) / 10;
  return (
    <>
      <PageHead title="Decisions live" text="What the tenants of the OPA-compatible API are answered, as it happens.">
        <label class="inline-field">
          Tenant
          <select
            class="input"
            value={tenant}
            onChange={({ currentTarget }) => setQuery({ tenant: currentTarget.value })}
          >
            <option value="">all that I see</option>
            {tenants.data?.tenants.map(({ id }) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="button" aria-pressed={held.value} onClick={() => (held.value = !held.value)}>
          <Icon name={held.value ? 'play' : 'pause'} size={16} /> {held.value ? 'Go on' : 'Hold the list'}
        </button>
        <ShareMenu name="decisions" rows={() => rows} />
      </PageHead>
      {state !== 'open' && state !== 'connecting' && (
        <div class="notice warn" role="status">
          <Icon name="alert" />
          <div>
            <strong>{words[state]}</strong>
          </div>
        </div>
      )}
      <div class="figures">
        <Figure label="Now" value={`${compact(Math.round(second))}/s`} note={`over 10 s · ${words[state]}`} />
        <Figure label="Allowed" value={count(allowed)} note={share(allowed, allowed + denied)} tone="good" />
        <Figure
          label="Denied"
          value={count(denied)}
          note={share(denied, allowed + denied)}
          tone={denied > 0 ? 'bad' : ''}
        />
        <Figure label="Policies failed" value={count(live.value.failed)} tone={live.value.failed > 0 ? 'bad' : ''} />
        <Figure
          label="Missed"
          value={count(live.value.missed)}
          note="too fast to be sent here"
          tone={live.value.missed > 0 ? 'warn' : ''}
        />
      </div>
      <div class="columns">
        <Panel class="w8 flush" title="Stream" note={held.value ? 'held' : 'newest first'}>
          {rows.length === 0 ? <Quiet /> : <Stream rows={rows} />}
        </Panel>
        <div class="w4 aside">
          <Panel title="How long they took" note="evaluation alone">
            <LatencyLater counts={live.value.latency} />
          </Panel>
          <Panel title="By tenant" note={`since this page was opened`}>
            <ByTenant />
          </Panel>
          <Notices />
        </div>
      </div>
      <Explain rows={rows} />
    </>
  );
}

function Quiet() {
  return (
    <Nothing icon="decisions" title="No decision has come yet">
      <p>
        They appear as tenants ask <code>POST /v1/data/tenants/…</code>. Estate findings are on the Findings page.
      </p>
    </Nothing>
  );
}

function ByTenant() {
  const bars = [...live.value.tenants]
    .toSorted(([, a], [, b]) => b.allowed + b.denied - a.allowed - a.denied)
    .slice(0, 8)
    .map(([tenant, { allowed, denied }]) => ({
      key: tenant,
      label: tenant,
      value: allowed + denied,
      note: `${count(denied)} denied`,
      tone: denied > allowed ? 'bad' : '',
    }));
  return bars.length === 0 ? (
    <p class="muted">Nobody asked yet.</p>
  ) : (
    <Bars bars={bars} caption="Decisions by tenant" />
  );
}

function Notices() {
  const { notices } = live.value;
  return (
    <Panel title="Warnings" note="quotas, gaps, changed policies">
      {notices.length === 0 ? (
        <p class="muted">None.</p>
      ) : (
        <ul class="brief" aria-live="polite">
          {notices.map(({ key, kind, tenant, text }) => (
            <li key={key}>
              <strong>{kind.replaceAll('_', ' ')}</strong> <span class="muted">{tenant}</span>
              <p>{text}</p>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
