/** What people are told: what would be done to their resources and why, who changed them last, what happens when, and how to answer. */
import { randomUUID } from 'node:crypto';
import type { Client } from '../../lib/contract.ts';
import { codeOf } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { DigestEntry, Notice, notifierContract } from '../notifier/notifier.contract.ts';
import type { PlanView } from './reconciler.contract.ts';
import type { Item, ItemView } from './reconciler.schema.ts';
import { type LinkVerb, writeLink } from './signature.ts';

export interface TellParts {
  readonly notifier: Pick<Client<typeof notifierContract>, 'digest'>;
  readonly key: Buffer;
  readonly now: number;
  readonly log: Pick<Logger, 'warn'>;
}

/** A link is good for as long as anybody may take to read it. */
const LINK_MS = 7 * 86_400_000;

/** One entry an item, to its owner; the notifier makes one message of all that an owner gets in a window. */
export async function tellOwners(plan: PlanView, { notifier, key, now, log }: TellParts): Promise<void> {
  const items = plan.items.filter(
    ({ mode, action, undoes }) => mode !== 'monitor' && action !== 'notify' && undoes === undefined,
  );
  for (const [owner, own] of Map.groupBy(items, (item) => item.owner)) {
    try {
      await notifier.digest({ owner, entries: own.map((item) => entryOf(item, owner, { key, now })) });
    } catch (error) {
      log.warn({ code: codeOf(error), plan: plan.id }, 'an owner was not told');
    }
  }
}

function entryOf(item: ItemView, owner: string, { key, now }: { key: Buffer; now: number }): DigestEntry {
  const link = (verb: LinkVerb) =>
    writeLink({ item: item.id, verb, person: owner, expires: now + LINK_MS, nonce: randomUUID() }, key);
  // Nobody is behind an owner that is not known, so that nobody could answer.
  const answers: LinkVerb[] =
    owner === '' ? [] : item.needs > 0 ? ['approve', 'reject', 'acknowledge'] : ['reject', 'acknowledge'];
  return {
    key: item.id,
    title: `${item.type} ${item.name}: ${item.would}`,
    what: `${item.resource_id} (${item.environment || 'no environment'})`,
    why: `${item.reason} (${item.rules.join(', ') || item.policy})`,
    who: item.changed_by === '' ? 'not known' : item.changed_by,
    when: whenOf(item),
    fix: fixOf(item),
    links: Object.fromEntries(answers.map((verb) => [verb, link(verb)])),
  };
}

function whenOf({ needs, delayed, mode, held }: ItemView): string {
  if (mode !== 'enforce') return 'never by Elava: it only tells (the mode is notify)';
  if (held !== '') return `not now: ${held}`;
  const then = delayed ? ', then marked, and done after the grace time' : '';
  return needs === 0
    ? 'at the next round'
    : `when ${needs} ${needs === 1 ? 'person has' : 'people have'} approved${then}`;
}

/** The smallest change after which nothing would be asked for. */
function fixOf({ action, params, would }: Item): string {
  if (action === 'tag') return `set the tags yourself: ${JSON.stringify(params['tags'])}`;
  return `mend it yourself (${would}), make an exemption (elava exemptions add), or tag it elava_blessed=true`;
}

export const noticeOf = {
  item: (item: Item, text: string): Notice => ({
    key: `reconciler/${item.resource_id}/${item.policy}`.slice(0, 255),
    source: 'reconciler',
    severity: item.decision === 'deny' ? 'critical' : 'warning',
    title: `${item.type} ${item.name}: ${item.policy}`.slice(0, 200),
    text: `${text}\n${item.reason}`.slice(0, 4000),
    fields: { resource: item.resource_id, owner: item.owner || 'nobody known', rules: item.rules.join(', ') },
  }),
  halted: (policy: string, reason: string): Notice => ({
    key: `reconciler/halted/${policy}`.slice(0, 255),
    source: 'reconciler',
    severity: 'critical',
    title: `${policy} was stopped`.slice(0, 200),
    text: `${reason}. See elava actions, then: elava stop --resume --policy ${policy}`,
  }),
};
