/** One plan with its items: each with its evidence, its blast radius, and what can be decided about it. */
import { useState } from 'preact/hooks';
import { post } from '../../base/api.ts';
import { ago, duration, plural } from '../../base/format.ts';
import { now } from '../../base/pulse.ts';
import { address } from '../../base/router.ts';
import { Badge } from '../../parts/badge.tsx';
import { Panel } from '../../parts/panel.tsx';
import { type Item, open, type Plan } from './answers.ts';
import { Doing } from './doing.tsx';

interface PlanViewProps {
  readonly plan: Plan;
  readonly onlyOpen: boolean;
  readonly again: () => void;
}
const MOST = 50;
const phases: Readonly<Record<string, string>> = {
  waiting: 'warn',
  ready: 'change',
  grace: 'flag',
  done: 'good',
  failed: 'bad',
};
const costs: Readonly<Record<string, string>> = { destructive: 'bad', recoverable: 'warn', reversible: 'good' };

export function PlanView({ plan, onlyOpen, again }: PlanViewProps) {
  const items = onlyOpen ? plan.items.filter(({ phase }) => open.includes(phase)) : plan.items;
  const waiting = items.filter(({ phase }) => phase === 'waiting').map(({ id }) => id);
  const left = Date.parse(plan.expires_at) - now.value;
  return (
    <Panel
      class="after"
      title={
        <>
          Plan <code>{plan.id.slice(0, 12)}</code>
        </>
      }
      note={`by ${plan.by}, ${ago(plan.created_at, now.value)} · ${left > 0 ? `open for ${duration(left)}` : 'expired'}`}
      tools={
        waiting.length > 1 && (
          <Doing
            label={`Approve all ${waiting.length}`}
            tone="primary"
            act={() => post('/api/reconciler/approve', { items: waiting })}
            done={again}
          />
        )
      }
    >
      <ul class="items">
        {items.slice(0, MOST).map((item) => (
          <ItemLine key={item.id} item={item} again={again} />
        ))}
      </ul>
      {items.length > MOST && (
        <p class="muted">
          {items.length - MOST} more in this plan: elava plan --id {plan.id}
        </p>
      )}
      {plan.refused.length > 0 && (
        <p class="muted">
          {plural(plan.refused.length, 'proposal')} came to nothing: {plan.refused[0]?.reason}
        </p>
      )}
    </Panel>
  );
}

function ItemLine({ item, again }: { readonly item: Item; readonly again: () => void }) {
  const { would, name, resource_id, type, account, phase, cost, reason, policy, owner, changed_by } = item;
  const due = item.due === '' ? undefined : Date.parse(item.due) - now.value;
  return (
    <li class="item">
      <div class="item-main">
        <p>
          <Badge word={phase} tone={phases[phase] ?? 'plain'} /> <Badge word={cost} tone={costs[cost] ?? 'plain'} />{' '}
          <strong>{would}</strong>
        </p>
        <p>
          <span class="type">{type}</span> <a href={address('/resource', { id: resource_id })}>{name || resource_id}</a>{' '}
          <span class="muted">
            {account}
            {owner === '' ? ' · nobody owns it' : ` · owned by ${owner}`}
            {changed_by !== '' && ` · last changed by ${changed_by}`}
          </span>
        </p>
        <p class="muted">
          {policy.replace(/^elava\./, '')}: {reason}
        </p>
        <Breaks item={item} />
        {item.held !== '' && <p class="held">Held: {item.held}</p>}
        {item.undo !== '' && <p class="muted">To undo: {item.undo}</p>}
        {due !== undefined && (
          <p class="muted">{due > 0 ? `Done in ${duration(due)} unless somebody cancels` : 'Its grace time is over'}</p>
        )}
      </div>
      <Decide item={item} again={again} />
    </li>
  );
}

/** The blast radius: what refers to the resource and would notice. */
function Breaks({ item: { breaks } }: { readonly item: Item }) {
  if (breaks.length === 0) return null;
  return (
    <details>
      <summary>
        {plural(breaks.length, 'resource')} {breaks.length === 1 ? 'refers' : 'refer'} to it
      </summary>
      <ul class="breaks">
        {breaks.slice(0, MOST).map(({ id, type, name }) => (
          <li key={id}>
            <span class="type">{type}</span> <a href={address('/resource', { id })}>{name || id}</a>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Decide({ item, again }: { readonly item: Item; readonly again: () => void }) {
  const [cancelling, setCancelling] = useState(false);
  const [reason, setReason] = useState('');
  if (!open.includes(item.phase))
    return <div class="item-tools muted">{item.why || ago(item.updated_at, now.value)}</div>;
  return (
    <div class="item-tools">
      {item.needs > 0 && (
        <span class="muted">
          {item.approved_by.length} of {item.needs} agreed
          {item.approved_by.length > 0 && `: ${item.approved_by.join(', ')}`}
        </span>
      )}
      {cancelling ? (
        <>
          <label class="field">
            Why not
            <input value={reason} maxLength={1000} onInput={({ currentTarget }) => setReason(currentTarget.value)} />
          </label>
          <Doing
            label="Cancel it"
            tone="danger"
            disabled={reason.trim() === ''}
            act={() => post('/api/reconciler/cancel', { item: item.id, reason })}
            done={again}
          />
          <button type="button" class="button small" onClick={() => setCancelling(false)}>
            Keep it
          </button>
        </>
      ) : (
        <>
          {item.phase === 'waiting' && (
            <Doing
              label="Approve"
              tone="primary"
              act={() => post('/api/reconciler/approve', { items: [item.id] })}
              done={again}
            />
          )}
          <button type="button" class="button small" onClick={() => setCancelling(true)}>
            Cancel …
          </button>
        </>
      )}
    </div>
  );
}
