/** Plans what policies ask for, waits for whoever has to agree, does it once, and puts it back when asked to. */
import Type from 'typebox';
import { defineContract } from '../../lib/contract.ts';
import { Instant, ResourceFilter } from '../../lib/resource.ts';
import { ActionView, Cost, ItemView, Plan, Refused } from './reconciler.schema.ts';

export type { ActionView, ItemView } from './reconciler.schema.ts';

const By = Type.String({ minLength: 1, maxLength: 200, description: 'Who asks for it.' });
const ItemId = Type.String({ minLength: 1, maxLength: 200 });

export const PlanView = Type.Object({
  id: Type.String(),
  by: Type.String(),
  created_at: Instant,
  expires_at: Instant,
  bundle: Type.String(),
  items: Type.Array(ItemView),
  refused: Type.Array(Refused),
});
export type PlanView = Type.Static<typeof PlanView>;

export const Applied = Type.Object({
  plan: Type.String(),
  dry_run: Type.Boolean(),
  done: Type.Integer({ description: 'Items that are done; with dry_run those that would be.' }),
  failed: Type.Integer(),
  held: Type.Integer(),
  superseded: Type.Integer(),
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      resource_id: Type.String(),
      action: Type.String(),
      outcome: Type.String({ description: 'done, marked, failed, held, superseded; with dry_run: would be done.' }),
      why: Type.String(),
    }),
  ),
});
export type Applied = Type.Static<typeof Applied>;

export const SwitchView = Type.Object({
  policy: Type.String({ description: '"" for all policies.' }),
  stopped: Type.Boolean(),
  reason: Type.String(),
  by: Type.String(),
  at: Type.String(),
});
export type SwitchView = Type.Static<typeof SwitchView>;

/** Planning and applying look at the estate anew, which takes as long as scanning its units. */
const LONG_MS = 900_000;

export const reconcilerContract = defineContract({
  name: 'reconciler',
  text: 'Turns decisions into plans, and plans into actions that are approved, verified and can be undone.',
  actions: {
    plan: {
      text: 'Makes a plan of what policies ask for now. Nothing is done. What an open item asks for already is left out.',
      timeoutMs: LONG_MS,
      params: Type.Object({
        by: By,
        filter: Type.Optional(ResourceFilter),
        actions: Type.Optional(Type.Array(Type.String())),
        policies: Type.Optional(Type.Array(Type.String())),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      }),
      result: PlanView,
    },
    plans: {
      text: 'The latest plans, newest first, with where their items stand.',
      read: true,
      timeoutMs: 30_000,
      params: Type.Object({
        id: Type.Optional(Type.String()),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      }),
      result: Type.Object({ plans: Type.Array(PlanView) }),
    },
    signed: {
      text: 'A plan as it was signed.',
      read: true,
      params: Type.Object({ id: Type.String() }),
      result: Plan,
    },
    apply: {
      text: 'Does what of a plan is approved and still holds; with dry_run it only says what that would be.',
      timeoutMs: LONG_MS,
      params: Type.Object({
        plan: Type.String(),
        by: By,
        items: Type.Optional(Type.Array(ItemId)),
        dry_run: Type.Optional(Type.Boolean()),
      }),
      result: Applied,
    },
    approve: {
      text: 'Agrees to items. Who proposed them cannot.',
      params: Type.Object({ items: Type.Array(ItemId, { minItems: 1, maxItems: 1000 }), by: By }),
      result: Type.Object({ items: Type.Array(ItemView) }),
    },
    revoke: {
      text: "Takes one's approval back, as long as the call was not begun.",
      params: Type.Object({ item: ItemId, by: By }),
      result: ItemView,
    },
    cancel: {
      text: 'Ends an item for good; a mark on the resource is taken off.',
      timeoutMs: LONG_MS,
      params: Type.Object({ item: ItemId, by: By, reason: Type.String({ maxLength: 1000 }) }),
      result: ItemView,
    },
    acknowledge: {
      text: 'Says that the owner has read it.',
      params: Type.Object({ item: ItemId, by: By }),
      result: ItemView,
    },
    extend: {
      text: 'Moves the deadline of a marked item, by business days.',
      params: Type.Object({ item: ItemId, by: By, days: Type.Integer({ minimum: 1, maximum: 90 }) }),
      result: ItemView,
    },
    answer: {
      text: 'Does what a signed link says, for the person that it was sent to, once.',
      timeoutMs: LONG_MS,
      params: Type.Object({ token: Type.String({ maxLength: 4000 }) }),
      result: Type.Object({ verb: Type.String(), person: Type.String(), item: ItemView }),
    },
    question: {
      text: 'What a signed link would do, without doing it.',
      read: true,
      params: Type.Object({ token: Type.String({ maxLength: 4000 }) }),
      result: Type.Object({ verb: Type.String(), person: Type.String(), item: ItemView }),
    },
    undo: {
      text: 'Makes a plan of one item that puts an action back, and does it when nobody has to agree.',
      timeoutMs: LONG_MS,
      params: Type.Object({ action: ItemId, by: By }),
      result: Type.Object({ plan: PlanView, applied: Applied }),
    },
    stop: {
      text: 'Stops all actions, or those of a policy, before their next call; or lets them go on.',
      params: Type.Object({
        by: By,
        policy: Type.Optional(Type.String()),
        reason: Type.String({ maxLength: 1000 }),
        resume: Type.Optional(Type.Boolean()),
      }),
      result: SwitchView,
    },
    switches: {
      text: 'What is stopped, since when and by whom.',
      read: true,
      params: Type.Object({}),
      result: Type.Object({ switches: Type.Array(SwitchView) }),
    },
    actions: {
      text: 'The action ledger: each changing call, its intent and its outcome, newest first.',
      read: true,
      timeoutMs: 30_000,
      params: Type.Object({
        since: Type.Optional(Instant),
        resource: Type.Optional(Type.String()),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
      }),
      result: Type.Object({ actions: Type.Array(ActionView) }),
    },
    kinds: {
      text: 'The actions that there are.',
      read: true,
      params: Type.Object({}),
      result: Type.Object({
        kinds: Type.Array(
          Type.Object({
            type: Type.String(),
            title: Type.String(),
            cost: Cost,
            resources: Type.Array(Type.String()),
            proposable: Type.Boolean(),
            steps: Type.Array(Type.String()),
            roles: Type.Array(Type.String()),
            iam: Type.Array(Type.String()),
          }),
        ),
      }),
    },
    tick: {
      text: 'One round of the loop: finds out what crashes left, plans what is new, does what is ready.',
      timeoutMs: LONG_MS,
      params: Type.Object({ plan: Type.Optional(Type.Boolean()) }),
      result: Type.Object({
        recovered: Type.Integer(),
        planned: Type.Integer(),
        done: Type.Integer(),
        expired: Type.Integer(),
      }),
    },
    loop: {
      text: 'Starts or stops the loop.',
      params: Type.Object({ on: Type.Boolean() }),
      result: Type.Object({}),
    },
  },
  events: {
    planned: {
      text: 'A plan was made.',
      payload: Type.Object({ plan: Type.String(), items: Type.Integer(), by: Type.String() }),
    },
    moved: {
      text: 'Something happened to an item.',
      payload: Type.Object({ item: Type.String(), phase: Type.String(), why: Type.String() }),
    },
    halted: {
      text: 'A policy was stopped by itself.',
      payload: Type.Object({ policy: Type.String(), reason: Type.String() }),
    },
  },
});
