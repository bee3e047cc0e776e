/** From what was found to what is stored and shown: one attribution for a change. Pure. */
import type { Attribution } from '../../lib/resource.ts';
import type { OpenChange } from '../history/history.contract.ts';
import type { Answer } from './correlate.ts';
import { heuristic } from './heuristics.ts';

export interface Known {
  readonly open: OpenChange;
  readonly answer: Answer | undefined;
  /** A late event may still come. */
  readonly pending: boolean;
  /** Why no trail was read, "" when one was. */
  readonly gap: string;
  readonly ownerTags: readonly string[];
}

export function attributionOf({ open, answer, pending, gap, ownerTags }: Known): Attribution {
  const state = pending ? 'pending' : 'final';
  if (answer) return { ...byEvent(answer), state };
  const { actor, kind, confidence, reason } = heuristic({ change: open.change, tags: open.tags, ownerTags });
  return {
    actor,
    actor_kind: kind,
    actor_chain: actor === '' ? [] : [actor],
    event: '',
    event_id: '',
    event_at: '',
    method: 'heuristic',
    tool: '',
    confidence,
    explanation: gap === '' ? reason : `${reason} (${gap})`,
    state,
  };
}

const identityWords = {
  parameter: 'names it',
  resource: 'names it among its resources',
  id: 'has its id',
  name: 'has its name',
  reference: 'names what it belongs to',
} as const;
const effectWords = {
  value: 'sets the value that was found',
  field: 'changes these fields',
  whole: 'is of this kind',
  partly: 'changes some of these fields',
  unlisted: 'is not known to change these fields',
  unknown: 'is a call of its service that is not in the table',
} as const;

function byEvent({ best, actor, confidence, rivals }: Answer): Omit<Attribution, 'state'> {
  const { record, identity, effect } = best;
  const others = rivals.length > 0 ? `; ${rivals.length} other calls fit less well or came before` : '';
  const explanation = `${record.name} at ${new Date(record.at).toISOString()} ${identityWords[identity]} and ${effectWords[effect]}; ${actor.reason} [${actor.rule}]${others}`;
  return {
    actor: actor.actor,
    actor_kind: actor.kind,
    actor_chain: [...actor.chain],
    event: record.name,
    event_id: record.id,
    event_at: new Date(record.at).toISOString(),
    method: 'cloudtrail',
    tool: actor.tool,
    confidence,
    explanation,
  };
}
