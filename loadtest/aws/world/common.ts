/** The part of a resource's state that is generated alike for all types: environment, owner, age, tags. */
import type { Entity, Tags, View } from './entity.ts';
import type { Account, Environment, Unit } from './estate.ts';
import { Dice, mix } from './random.ts';
import { costCenters, dataClasses, furtherTags, people, services, teams, tools } from './vocabulary.ts';

export const hour = 3_600_000;
export const day = 24 * hour;

export interface Common extends Pick<Entity, 'slot' | 'createdAt' | 'environment' | 'awsOwned'> {
  readonly dice: Dice;
  /** What it serves: `checkout`. */
  readonly service: string;
  readonly team: string;
  readonly tags: Tags;
}

/** Parts in a thousand. */
const rates = { missingOwner: 80, untagged: 25, manyTags: 70, stack: 150, otherEnvironment: 120 };

/** Generates what all types share. The dice go on to give the type's own values. */
export function common(view: View, unit: Unit, slot: number): Common {
  const dice = new Dice(mix(unit.hash, slot));
  const environment = environmentOf(unit.account, dice);
  const service = dice.pick(services);
  const team = dice.pick(teams);
  const createdAt = birth(view, unit, slot);
  const tags = generatedTags({ account: unit.account, environment, service, team, dice });
  return { slot, dice, environment, service, team, createdAt, tags, awsOwned: false };
}

/** The state that all types share, taken out of `Common`. */
export function entityOf(made: Common, id: string, name: string): Entity {
  const { slot, tags, createdAt, environment, awsOwned } = made;
  return { slot, id, name, tags, createdAt, environment, awsOwned };
}

/** Where a `Name` tag is how a resource is named, one is put first, except on what carries no tags at all. */
export function named(tags: Tags, name: string): Tags {
  return Object.keys(tags).length === 0 ? tags : { Name: name, ...tags };
}

function environmentOf(account: Account, dice: Dice): Environment {
  if (dice.next() * 1000 >= rates.otherEnvironment) return account.environment;
  return dice.pick(['prod', 'staging', 'dev'] as const);
}

/** When a generated resource was made: most are old, some are from this week; an hour to two years, to the second. */
export function birth(view: View, unit: Unit, slot: number): number {
  const span = mix(unit.hash ^ 0xb127, slot) / 2 ** 32;
  return view.startTime - Math.floor((hour + span * span * 730 * day) / 1000) * 1000;
}

interface TagSource {
  readonly account: Account;
  readonly environment: Environment;
  readonly service: string;
  readonly team: string;
  readonly dice: Dice;
}

function generatedTags({ account, environment, service, team, dice }: TagSource): Tags {
  const [untagged, ownerless, stacked, heavy] = [dice.next(), dice.next(), dice.next(), dice.next()];
  if (untagged * 1000 < rates.untagged) return {};
  const { habit } = account;
  const tags: Record<string, string> = { [habit.environment]: habit.names[environment], service };
  if (ownerless * 1000 >= rates.missingOwner) {
    tags[habit.owner] = `${dice.pick(people)}@acme.example`;
    tags.team = team;
  }
  tags['cost-center'] = dice.pick(costCenters);
  tags['managed-by'] = dice.pick(tools);
  if (dice.chance(0.4)) tags['data-classification'] = dice.pick(dataClasses);
  if (stacked * 1000 < rates.stack) tags['aws:cloudformation:stack-name'] = `${service}-${environment}`;
  if (heavy * 1000 < rates.manyTags) addFurther(tags, dice);
  return tags;
}

/** Twelve to thirty more: AWS takes fifty, tools that keep fifteen lose some. */
function addFurther(tags: Record<string, string>, dice: Dice): void {
  const count = 12 + dice.below(19);
  const first = dice.below(furtherTags.length);
  for (let i = 0; i < count; i++) {
    const [key, value] = furtherTags[(first + i) % furtherTags.length] as (typeof furtherTags)[number];
    tags[key] = value;
  }
}
