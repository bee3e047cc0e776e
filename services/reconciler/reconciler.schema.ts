/** What the reconciler keeps and shows: plans, their items, and what became of these. */
import Type, { type Static } from 'typebox';
import { Instant } from '../../lib/resource.ts';

const words = <const W extends string>(...choices: readonly W[]) =>
  Type.Unsafe<W>(Type.Union(choices.map((choice) => Type.Literal(choice))));

/** What being wrong costs: nothing that is not put back at once; an interruption; something that is gone. */
export const Cost = words('reversible', 'recoverable', 'destructive');
export type Cost = Static<typeof Cost>;
const Mode = words('monitor', 'notify', 'enforce');

/** A proposed action and what its type needs to know, such as `{tags: {owner: "ada"}}`. */
export const ActionParams = Type.Record(Type.String(), Type.Unknown());
export type ActionParams = Static<typeof ActionParams>;

export const Reference = Type.Object({ id: Type.String(), type: Type.String(), name: Type.String() });
export type Reference = Static<typeof Reference>;

/** One action on one resource. It never changes; what becomes of it stands in its records. */
export const Item = Type.Object({
  id: Type.String(),
  plan: Type.String(),
  resource_id: Type.String(),
  account: Type.String(),
  region: Type.String(),
  type: Type.String(),
  name: Type.String(),
  environment: Type.String(),
  owner: Type.String({ description: '"" when nobody is known.' }),
  action: Type.String(),
  params: ActionParams,
  cost: Cost,
  steps: Type.Array(Type.String(), { description: 'Changing calls in order; each is an action of its own.' }),
  delayed: Type.Boolean({ description: 'Marked first, done after the grace time.' }),
  would: Type.String({ description: 'What is done, in words.' }),
  undo: Type.String({ description: 'What puts it back, in words; "" when nothing can.' }),
  policy: Type.String(),
  rules: Type.Array(Type.String()),
  decision: Type.String(),
  reason: Type.String(),
  bundle: Type.String(),
  revision: Type.String({ description: 'Of the resource when it was judged.' }),
  fingerprint: Type.String({ description: "Of its content, Elava's own marks left out." }),
  breaks: Type.Array(Reference, { description: 'Live resources that refer to it.' }),
  changed_by: Type.String({ description: 'Who changed it last, "" when unknown.' }),
  mode: Mode,
  needs: Type.Integer({ description: 'People who must approve.' }),
  held: Type.String({ description: 'Why it would not be done now; "" when nothing holds it.' }),
  undoes: Type.Optional(Type.String({ description: 'The action that this one puts back.' })),
});
export type Item = Static<typeof Item>;

export const Refused = Type.Object({ resource_id: Type.String(), action: Type.String(), reason: Type.String() });
export type Refused = Static<typeof Refused>;

export const Plan = Type.Object({
  id: Type.String(),
  by: Type.String({ description: 'Who proposed it, and so cannot approve it.' }),
  created_at: Instant,
  expires_at: Instant,
  bundle: Type.String(),
  items: Type.Array(Item),
  refused: Type.Array(Refused, { description: 'Proposals that are no action, or none for such a resource.' }),
  signature: Type.String(),
});
export type Plan = Static<typeof Plan>;

/** Where an item stands. `waiting` for approval, `ready` for the next apply, `calling` is under way. */
export const Phase = words(
  'waiting',
  'ready',
  'claimed',
  'calling',
  'grace',
  'done',
  'failed',
  'superseded',
  'cancelled',
  'expired',
);
export type Phase = Static<typeof Phase>;

export const ItemView = Type.Interface([Item], {
  phase: Phase,
  proposer: Type.String(),
  approved_by: Type.Array(Type.String()),
  due: Type.String({ description: 'When the grace time ends, "" before it began.' }),
  acknowledged_by: Type.String(),
  done_steps: Type.Integer(),
  why: Type.String({ description: 'The last reason that was recorded.' }),
  updated_at: Instant,
});
export type ItemView = Static<typeof ItemView>;

/** One changing call: its intent was stored before it was made, its outcome after. */
export const ActionView = Type.Object({
  id: Type.String({ description: 'The item and the number of its step.' }),
  item: Type.String(),
  plan: Type.String(),
  resource_id: Type.String(),
  action: Type.String(),
  step: Type.String(),
  by: Type.String({ description: 'The reconciler that made it.' }),
  at: Instant,
  outcome: words('open', 'done', 'failed'),
  detail: Type.String(),
  undo: Type.String(),
});
export type ActionView = Static<typeof ActionView>;
