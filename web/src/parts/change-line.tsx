/** A change in one line: what, to which, by whom. It opens to the fields and to how it is known who did it. */
import { useState } from 'preact/hooks';
import type { Change } from '../../../lib/resource.ts';
import { clockOf, share } from '../base/format.ts';
import { address } from '../base/router.ts';
import { Actor, Badge, shortActor } from './badge.tsx';
import { summaryOf } from './change-words.ts';
import { Fact } from './fact.tsx';
import { FieldDiff } from './field-diff.tsx';
import { Icon } from './icon.tsx';

interface ChangeLineProps {
  readonly change: Change;
  /** On the resource's own page its name is not said again. */
  readonly own?: boolean;
  readonly opened?: boolean;
}

export function ChangeLine({ change, own = false, opened = false }: ChangeLineProps) {
  const [open, setOpen] = useState(opened);
  const { id, name, type, kind, at, severity, attribution, fields } = change;
  return (
    <li class={`line ${open ? 'open' : ''}`}>
      <div class="line-head">
        <button
          type="button"
          class="line-toggle"
          aria-expanded={open}
          aria-label={`${open ? 'Hide' : 'Show'} what changed in ${name || id}`}
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? 'down' : 'right'} size={14} />
        </button>
        <time class="line-time" dateTime={at} title={at}>
          {clockOf(at)}
        </time>
        <span class="line-kind">
          <Badge word={kind} />
        </span>
        <span class="line-what">
          {!own && (
            <>
              <span class="type">{type}</span> <a href={address('/resource', { id })}>{name || id}</a>{' '}
            </>
          )}
          <span class="line-summary">{summaryOf(change)}</span>
        </span>
        {severity !== 'info' && <Badge word={severity} />}
        <span class="line-who">
          <Actor attribution={attribution} />
        </span>
      </div>
      {open && (
        <div class="line-body">
          <FieldDiff fields={fields} />
          <Why change={change} />
        </div>
      )}
    </li>
  );
}

/** Who, how that is known, and how sure it is. */
function Why({ change: { attribution, account, region } }: { readonly change: Change }) {
  if (!attribution) {
    return <p class="muted">Nobody has asked yet who did it: attribution runs after each scan.</p>;
  }
  const { event, event_at, tool, actor_chain, confidence, method, explanation, actor } = attribution;
  return (
    <dl class="facts">
      {actor !== '' && <Fact name="Who">{actor}</Fact>}
      {actor_chain.length > 1 && <Fact name="By way of">{actor_chain.map(shortActor).join(' → ')}</Fact>}
      {event !== '' && <Fact name="Call">{`${event}${tool === '' ? '' : ` by ${tool}`}`}</Fact>}
      {event_at !== '' && <Fact name="When">{event_at}</Fact>}
      <Fact name="How sure">{`${share(confidence, 1)}, from ${method === 'none' ? 'nothing' : method}`}</Fact>
      <Fact name="Why">{explanation}</Fact>
      <Fact name="Where">{`${account} · ${region}`}</Fact>
    </dl>
  );
}
