/** Who it may have been where no event tells: guesses from tags, from who did it last time, from the hour. Pure. */
import type { ActorKind, Change } from '../../lib/resource.ts';

export interface Guess {
  readonly actor: string;
  readonly kind: ActorKind;
  readonly confidence: number;
  readonly reason: string;
}
export interface Clues {
  readonly change: Change;
  readonly tags: Readonly<Record<string, string>>;
  /** Tags that name an owner. */
  readonly ownerTags: readonly string[];
}

interface Clue {
  readonly tag: RegExp;
  readonly guess: (value: string, made: boolean) => Guess | undefined;
}

/** Whoever made a resource need not be who changed it. */
const LATER = 0.6;

const clues: readonly Clue[] = [
  {
    tag: /^aws:autoscaling:groupName$/,
    guess: (value) =>
      guess('autoscaling.amazonaws.com', 'service', 0.45, `it belongs to the Auto Scaling group ${value}`),
  },
  {
    tag: /^aws:cloudformation:stack-name$/,
    guess: (value) => guess(`stack/${value}`, 'automation', 0.4, `it belongs to the CloudFormation stack ${value}`),
  },
  {
    tag: /^(created[-_ ]?by|creator|aws:createdBy|createdBy)$/i,
    guess: (value, made) =>
      guess(
        value.split(':').at(-1) ?? value,
        /@|^[a-z]+[._-][a-z]+$/i.test(value) ? 'human' : 'automation',
        made ? 0.45 : 0.45 * LATER,
        'a tag names its creator',
      ),
  },
  {
    tag: /^aws:ec2launchtemplate:id$/,
    guess: (value, made) =>
      made ? guess(`launch-template/${value}`, 'automation', 0.3, `it was launched from ${value}`) : undefined,
  },
  {
    tag: /^managed[-_ ]?by$/i,
    guess: (value) =>
      guess(value, value === 'console' ? 'human' : 'automation', 0.3, `a tag says that ${value} manages it`),
  },
];

function guess(actor: string, kind: ActorKind, confidence: number, reason: string): Guess {
  return { actor, kind, confidence, reason: `${reason}; this is a heuristic, no event was found` };
}

/** The best guess; always one, if only of the kind. */
export function heuristic({ change, tags, ownerTags }: Clues): Guess {
  const made = change.kind === 'appeared' || change.kind === 'reappeared';
  const found = clues.flatMap(({ tag, guess: make }) => {
    const [, value] = Object.entries(tags).find(([key]) => tag.test(key)) ?? [];
    return value ? (make(value, made) ?? []) : [];
  });
  const owner = ownerTags.map((tag) => tags[tag]).find((value) => value);
  if (owner) found.push(guess(owner, /@/.test(owner) ? 'human' : '', 0.2, 'its owner by tag'));
  const [best] = found.sort((a, b) => b.confidence - a.confidence);
  return best ?? byHour(change);
}

/** Nobody is named; people work by day. */
function byHour({ at }: Change): Guess {
  const when = new Date(at);
  const working = when.getUTCDay() % 6 !== 0 && when.getUTCHours() >= 7 && when.getUTCHours() < 19;
  return working
    ? guess('', 'human', 0.15, 'it was seen in working hours')
    : guess('', 'automation', 0.15, 'it was seen outside working hours');
}
