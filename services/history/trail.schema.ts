/** What attribution keeps in the memory: audit events, cursors of their sources, and its word on each change. */
import Type, { type Static } from 'typebox';
import { Attribution, Change, Instant } from '../../lib/resource.ts';
import { Page, Revision } from './questions.schema.ts';

/** `body` is the record as the provider wrote it, JSON; `keys` are what it may be about, `grants` a key it hands out. */
export const TrailEvent = Type.Object({
  id: Type.String({ minLength: 1 }),
  account: Type.String(),
  region: Type.String(),
  at: Instant,
  name: Type.String(),
  source: Type.String(),
  keys: Type.Array(Type.String()),
  grants: Type.String(),
  body: Type.String(),
});
export type TrailEvent = Static<typeof TrailEvent>;

export const TrailQuestion = Type.Object({
  accounts: Type.Optional(Type.Array(Type.String())),
  from: Instant,
  to: Instant,
  keys: Type.Optional(Type.Array(Type.String(), { maxItems: 5000, description: 'Any of these stands in the event.' })),
  grants: Type.Optional(Type.Array(Type.String(), { maxItems: 1000, description: 'It handed out any of these keys.' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50_000 })),
});
export type TrailQuestion = Static<typeof TrailQuestion>;

export const TrailCursor = Type.Object({
  source: Type.String({ description: 'lookup, s3, changes' }),
  account: Type.String(),
  region: Type.String(),
  position: Type.String(),
  upto: Type.String({ description: 'Every event up to here was read, as far as the provider had delivered it.' }),
  state: Type.String({ description: 'current | behind | failed' }),
  error: Type.String(),
  detail: Type.String(),
  events: Type.Integer({ minimum: 0 }),
});
export type TrailCursor = Static<typeof TrailCursor>;

/** A change and the window in which it happened: after the last complete observation that did not see it yet. */
export const OpenChange = Type.Object({
  change: Change,
  from: Type.String({ description: 'Start of the last complete observation before it; "" when there was none.' }),
  created_at: Type.String({ description: 'When the provider says the resource was made, "" when it does not.' }),
  refs: Type.Array(Type.String()),
  tags: Type.Record(Type.String(), Type.String()),
});
export type OpenChange = Static<typeof OpenChange>;

export const AttributedChange = Type.Object({
  account: Type.String(),
  region: Type.String(),
  type: Type.String(),
  id: Type.String(),
  revision: Type.String({ pattern: '^[0-9]+$', description: 'Of the change.' }),
  at: Instant,
  attribution: Attribution,
});
export type AttributedChange = Static<typeof AttributedChange>;

export const trailActions = {
  trail: {
    text: 'Stores audit events of the provider; one that is known changes nothing.',
    timeoutMs: 60_000,
    params: Type.Object({ events: Type.Array(TrailEvent, { maxItems: 5000 }) }),
    result: Type.Object({ stored: Type.Integer() }),
  },
  events: {
    text: 'Audit events of a window, oldest first.',
    read: true,
    params: TrailQuestion,
    result: Type.Object({ events: Type.Array(TrailEvent) }),
  },
  cursors: {
    text: 'How far each source of audit events was read.',
    read: true,
    params: Type.Object({}),
    result: Type.Object({ cursors: Type.Array(TrailCursor) }),
  },
  cursor: {
    text: 'Stores how far a source of audit events was read.',
    params: TrailCursor,
    result: Type.Object({}),
  },
  open: {
    text: 'Changes that want an answer to who did it: those after a revision, or those whose answer is not final.',
    read: true,
    timeoutMs: 60_000,
    params: Type.Object({
      after: Type.Optional(Revision),
      pending: Type.Optional(Type.Boolean()),
      created_since: Instant,
      limit: Page.limit,
    }),
    result: Type.Object({ open: Type.Array(OpenChange), committed: Revision }),
  },
  attributed: {
    text: 'Stores who is behind changes; the newest word on a change counts.',
    timeoutMs: 60_000,
    params: Type.Object({ changes: Type.Array(AttributedChange, { maxItems: 5000 }) }),
    result: Type.Object({ written: Type.Integer() }),
  },
} as const;
