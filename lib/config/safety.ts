/** Settings of what changes the estate: modes, approvals, grace, brakes. */
import Type from 'typebox';
import { flag, list, oneOf, section, share, span, text, whole } from './kinds.ts';

const names = (description: string) => list(Type.String(), [], description);
const workdays = ['mon', 'tue', 'wed', 'thu', 'fri'];
const Day = Type.String({ pattern: '^(sun|mon|tue|wed|thu|fri|sat)$' });
const clock = { pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' };

const ModeRule = section({
  policies: names('Packages that it is for, such as tagging; none: all.'),
  environments: names('Environments that it is for; none: all.'),
  accounts: names('Accounts that it is for; none: all.'),
  mode: oneOf(['monitor', 'notify', 'enforce'], 'notify', 'monitor: only look; notify: tell the owner; enforce: act.'),
});

const Window = section({
  days: list(Day, workdays, 'Days on which it begins.'),
  from: text('09:00', 'When it begins, by the clock of the zone.', clock),
  to: text('17:00', 'When it ends; not after its begin: on the next day.', clock),
});

const Freeze = section({
  from: text('', 'Instant from which nothing is changed, ISO 8601.'),
  to: text('', 'Instant from which changes are made again.'),
  reason: text('', 'Why, for whoever wonders.'),
});

export const Reconciler = section({
  modes: list(
    ModeRule,
    [],
    'Modes of parts of the estate; the first that fits counts, else policies.enforcement_mode.',
  ),
  interval: span('5m', 'How often elava serve plans what is new and does what is ready.'),
  role: text(
    '',
    "ARN of the roles that act, with {account} and {class} in it (see deploy/iam); empty: the account's own role.",
  ),
  key: text('', 'Signs plans and links, 32 bytes at least; empty: made once, kept beside the embedded store.', {
    secret: true,
  }),
  operator: text('', 'Name of whoever uses the command line; empty: as the system calls them.'),
  plan: section({
    expires: span('7d', 'How long a plan can be begun; an owner is told again when a thing is planned anew.'),
    items: whole(500, { minimum: 1, maximum: 1000 }, 'Items of one plan.'),
  }),
  approval: section({
    expires: span('14d', 'How long an approval counts; longer than the grace time.'),
    recoverable: flag(true, 'What interrupts needs an approval too; what destroys always does.'),
  }),
  grace: section({
    owner_days: whole(3, { minimum: 1, maximum: 90 }, 'Business days between mark and deletion.'),
    orphan_days: whole(8, { minimum: 1, maximum: 90 }, 'The same where no owner is known.'),
  }),
  calendar: section({
    zone: text('UTC', 'IANA time zone of business days and change windows.'),
    workdays: list(Day, workdays, 'Business days.'),
    holidays: list(Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }), [], 'Dates that are none.'),
    windows: list(Window, [], 'When what interrupts or destroys may be done; none: at any time.'),
    freezes: list(Freeze, [], 'When it may not.'),
  }),
  limits: section({
    count: whole(20, { minimum: 1, maximum: 1000 }, 'Items of one policy, account and type that one run may do.'),
    share: share(0.1, "The same as a share of the account's resources of the type; one is always allowed."),
  }),
  protect: section({
    kinds: list(
      Type.String({ pattern: '^(blessed|production|recent|referenced)$' }),
      ['blessed', 'production', 'recent', 'referenced'],
      'What protects: the tag elava_blessed from everything; the others from what interrupts or destroys.',
    ),
    quiet: span('24h', 'What changed within this time counts as recent.'),
  }),
  canary: section({
    share: share(0.05, 'Share of resources that an enforcing policy acts on at first, always the same ones.'),
    full: names('Policies that act on all.'),
    objections: whole(2, { minimum: 1, maximum: 1000 }, 'Cancelled, rejected or undone items that stop a policy.'),
    rate: whole(3, { minimum: 1, maximum: 1000 }, 'Times the usual number of actions a day that stops it.'),
  }),
  claim: span('10m', 'How long a reconciler may be at one item.'),
  call: span('2m', 'How long a call may take before another may find out what became of it.'),
});
