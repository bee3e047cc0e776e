/** Name → function, for the service. */

import type { Implementation } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import { actions } from './actions/index.ts';
import type { Desk } from './desk.ts';
import type { reconcilerContract } from './reconciler.contract.ts';
import { type Link, readLink } from './signature.ts';
import { actionsOf as actionViews, switchView, viewOf } from './views.ts';

type Actions = Implementation<typeof reconcilerContract>['actions'];

/** A link that only moves a deadline moves it so far. */
const EXTEND_DAYS = 5;

export function actionsOf(desk: () => Desk): Actions {
  return {
    plan: (request) => desk().reconciler.plan(request),
    plans: async (question) => ({ plans: await desk().reconciler.plans(question) }),
    signed: ({ id }) => desk().book.plan(id),
    apply: (request) => desk().reconciler.apply(request),
    async approve({ items, by }) {
      const views = [];
      for (const id of items) views.push(await desk().reconciler.approve(id, by));
      return { items: views };
    },
    revoke: async ({ item, by }) =>
      view(desk(), await desk().reconciler.say(item, (_, at) => ({ kind: 'revoked', at, by }))),
    cancel: ({ item, by, reason }) => desk().reconciler.cancel(item, by, reason),
    acknowledge: async ({ item, by }) =>
      view(desk(), await desk().reconciler.say(item, (_, at) => ({ kind: 'acknowledged', at, by }))),
    extend: ({ item, by, days }) => desk().reconciler.extend(item, by, days),
    answer: ({ token }) => answer(desk(), token),
    question: async ({ token }) => {
      const { verb, person, item } = readLink(token, desk().key, desk().now);
      return { verb, person, item: view(desk(), await desk().book.item(item)) };
    },
    undo: ({ action, by }) => desk().reconciler.undo(action, by),
    stop: (request) => stop(desk(), request),
    switches: async () => ({ switches: [...(await desk().book.switches()).values()].map(switchView) }),
    actions: (question) => ledger(desk(), question),
    kinds: async () => ({ kinds: [...actions.values()].map(kindOf) }),
    tick: (options) => desk().reconciler.tick(options),
    async loop({ on }) {
      if (on) desk().start();
      return {};
    },
  };
}

function view(desk: Desk, held: Parameters<typeof viewOf>[0]) {
  return viewOf(held, desk.now);
}

/** What a link says is done as its person would do it; the link's own nonce makes it count once. */
async function answer(desk: Desk, token: string) {
  const link = readLink(token, desk.key, desk.now);
  await refuseUsed(desk, link);
  const { verb, person } = link;
  return { verb, person, item: await carryOut(desk, link) };
}

async function carryOut({ reconciler, now }: Desk, { verb, person: by, item, nonce }: Link) {
  if (verb === 'approve') return reconciler.approve(item, by, nonce);
  if (verb === 'reject') return reconciler.cancel(item, by, `rejected by ${by}`);
  if (verb === 'extend') return reconciler.extend(item, by, EXTEND_DAYS);
  return viewOf(await reconciler.say(item, (_, at) => ({ kind: 'acknowledged', at, by })), now);
}

/** An approval is guarded by the item itself; the others are used up by a record of their own. */
async function refuseUsed({ book, now }: Desk, { verb, nonce, item, person }: Link): Promise<void> {
  if (verb === 'approve') return;
  await book.use(nonce, { item, person }, now);
}

async function stop(desk: Desk, { by, policy = '', reason, resume = false }: Parameters<Actions['stop']>[0]) {
  await desk.book.turn(policy, { stopped: !resume, reason, by, at: desk.now });
  const after = (await desk.book.switches([policy])).get(policy);
  if (!after) throw elavaError('INTERNAL', `the switch of ${policy} is gone`);
  return switchView(after);
}

async function ledger({ book }: Desk, { since, resource, limit = 100 }: Parameters<Actions['actions']>[0]) {
  const all = (await book.all(0)).flatMap(actionViews);
  const wanted = all.filter(
    ({ at, resource_id }) =>
      (since === undefined || at >= since) && (resource === undefined || resource_id.includes(resource)),
  );
  return { actions: wanted.sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, limit) };
}

function kindOf({ type, title, cost, resources, proposable, steps }: NonNullable<ReturnType<typeof actions.get>>) {
  return {
    type,
    title,
    cost,
    proposable,
    resources: [...resources],
    steps: steps.map(({ name }) => name),
    roles: [...new Set(steps.map(({ role }) => role))],
    iam: [...new Set(steps.flatMap(({ iam }) => iam))].sort(),
  };
}
