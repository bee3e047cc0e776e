/** Who works in an account: a seeded cast of people, pipelines, services and workloads, each with the sessions it works in. */
import type { Account } from '../estate.ts';
import { Dice, hashText, mix } from '../random.ts';
import { people, services, teams } from '../vocabulary.ts';
import { automationSessions } from './cast-automation.ts';
import { humanSessions } from './cast-human.ts';
import type { Session } from './session.ts';

export type ActorKind = 'human' | 'service' | 'automation';

/** The ways in which someone comes to make a call, with how often each is met, in parts of a hundred or so. */
export const archetypes = {
  iam_console: 8,
  iam_cli: 6,
  sso_console: 16,
  sso_cli: 10,
  root: 1,
  federated: 2,
  /** A person takes another role of the account: the event names only the role's session. */
  chain: 8,
  /** A person of the management account takes a role here. */
  cross_account: 4,
  github: 14,
  gitlab: 6,
  jenkins: 5,
  terraform: 12,
  cloudformation_human: 5,
  cloudformation_ci: 4,
  lambda: 6,
  ecs: 4,
  autoscaling: 0,
  backup: 0,
} as const;
export type Archetype = keyof typeof archetypes;

export interface Actor {
  readonly archetype: Archetype;
  /** Who is behind the call: a person's name or address, a role's name, or a service's principal. */
  readonly actor: string;
  readonly kind: ActorKind;
  /** Other texts of the events that name the same one. */
  readonly aliases: readonly string[];
  /** From whoever began it to the principal that made the call. */
  readonly chain: readonly string[];
  /** With what: console, cli, sdk, terraform, cloudformation, service. */
  readonly via: string;
  session(at: number, region: string): Session;
}

/** What a member of the cast is made from. */
export interface Part {
  readonly account: Account;
  readonly management: Account;
  /** `ada.okafor` */
  readonly person: string;
  readonly service: string;
  readonly team: string;
  readonly archetype: Archetype;
  /** The same for the same member. */
  readonly key: string;
  readonly address: string;
}

/** Two of each way: an estate has more people than that, but no account does. */
const each = 2;

export class Cast {
  readonly #seed: number;
  readonly #management: Account;
  readonly #members = new Map<string, Actor>();

  constructor(seed: number, management: Account) {
    this.#seed = seed;
    this.#management = management;
  }

  member(account: Account, archetype: Archetype, index = 0): Actor {
    const key = `${account.id}/${archetype}/${index % each}`;
    let actor = this.#members.get(key);
    if (!actor) this.#members.set(key, (actor = this.#make(account, archetype, key)));
    return actor;
  }

  #make(account: Account, archetype: Archetype, key: string): Actor {
    const dice = new Dice(mix(this.#seed, hashText(key)));
    const part: Part = {
      account,
      management: this.#management,
      person: dice.pick(people),
      service: dice.pick(services),
      team: dice.pick(teams),
      archetype,
      key,
      address: `${dice.pick([81, 84, 93, 188])}.${dice.below(256)}.${dice.below(256)}.${1 + dice.below(254)}`,
    };
    return { archetype, ...(humanSessions(part) ?? automationSessions(part)) };
  }
}
