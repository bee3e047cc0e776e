/** Name → function, for the service. */
import type { Implementation } from '../../lib/contract.ts';
import { elavaError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { actions } from './actions/index.ts';
import type { Desk } from './desk.ts';
import type { reconcilerContract } from './reconciler.contract.ts';
import { type Link, readLink } from './signature.ts';
import { actionsOf as actionViews, switchView, viewOf } from './views.ts';

type Actions = Implementation<typeof reconcilerContract>['actions'];

/** A link that only moves a deadline moves it so far. */
const EXTEND_DAYS = 5;

export function actionsOf(desk: () => Promise<Desk>, log: Pick<Logger, 'error'>): Actions {
  /** For actions that hand on what they are given. */
  const reconciler = async () => (await desk()).reconciler;
  return {
    plan: async (request) => (await reconciler()).plan(request),
    plans: async (question) => ({ plans: await (await reconciler()).plans(question) }),
    signed: async ({ id }) => (await desk()).book.plan(id),
    apply: async (request) => (await reconciler()).apply(request),
    approve: async ({ items, by }) => {
      const views = [];
      for (const id of items) views.push(await (await reconciler()).approve(id, by));
      return { items: views };
    },
    revoke: async ({ item, by }) => say(await desk(), { kind: 'revoked', item, by }),
    cancel: async ({ item, by, reason }) => (await reconciler()).cancel(item, by, reason),
    acknowledge: async ({ item, by }) => say(await desk(), { kind: 'acknowledged', item, by }),
    extend: async ({ item, by, days }) => (await reconciler()).extend(item, by, days),
    answer: async ({ token }) => answer(await desk(), token),
    question: async ({ token }) => question(await desk(), token),
    undo: async ({ action, by }) => (await reconciler()).undo(action, by),
    stop: async (request) => stop(await desk(), request),
    switches: async () => ({ switches: [...(await (await desk()).book.switches()).values()].map(switchView) }),
    actions: async (asked) => ledger(await desk(), asked),
    kinds: async () => ({ kinds: [...actions.values()].map(kindOf) }),
    tick: async (options) => (await reconciler()).tick(options),
    loop: async ({ on }) => {
      // What serves goes on serving: that nothing is done is said, and is no reason to stop looking.
      if (on)
        await desk().then(
          (one) => one.start(),
          (error: unknown) => log.error({ error }, 'the reconciler does not run'),
        );
      return {};
    },
  };
}

async function say(desk: Desk, { kind, item, by }: { kind: 'revoked' | 'acknowledged'; item: string; by: string }) {
  return view(desk, await desk.reconciler.say(item, (_, at) => ({ kind, at, by })));
}

async function question(desk: Desk, token: string) {
  const { verb, person, item } = readLink(token, desk.key, desk.now);
  return { verb, person, item: view(desk, await desk.book.item(item)) };
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
