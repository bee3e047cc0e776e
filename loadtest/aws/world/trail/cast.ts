/** Who works in an account: a seeded cast of people, pipelines, services and workloads, each with the sessions it works in. */
import type { Account } from '../estate.ts';
import { Dice, hashText, mix } from '../random.ts';
import { people, services, teams } from '../vocabulary.ts';
import type { Actor, Archetype, Part } from './actor.ts';
import { automationSessions } from './cast-automation.ts';
import { humanSessions } from './cast-human.ts';

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
