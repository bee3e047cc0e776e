/** Resources of types that the world does not model: what only generic listers find. */
import type { Tags } from './entity.ts';
import type { Account } from './estate.ts';
import { Dice, hashText } from './random.ts';
import { people, services } from './vocabulary.ts';

export interface LongTailResource {
  /** CloudFormation's name: `AWS::SNS::Topic`. */
  readonly type: string;
  /** Cloud Control's primary identifier. */
  readonly identifier: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly tags: Tags;
  readonly properties: object;
}
type Place = { readonly account: string; readonly region: string };

const makers: Readonly<
  Record<string, (place: Place, name: string) => { arn: string; identifier: string; properties: object }>
> = {
  'AWS::SNS::Topic': ({ account, region }, name) => {
    const arn = `arn:aws:sns:${region}:${account}:${name}`;
    return { arn, identifier: arn, properties: { TopicArn: arn, TopicName: name } };
  },
  'AWS::SecretsManager::Secret': ({ account, region }, name) => {
    const arn = `arn:aws:secretsmanager:${region}:${account}:secret:${name}-Ab12Cd`;
    return { arn, identifier: arn, properties: { Id: arn, Name: name } };
  },
  'AWS::StepFunctions::StateMachine': ({ account, region }, name) => {
    const arn = `arn:aws:states:${region}:${account}:stateMachine:${name}`;
    return { arn, identifier: arn, properties: { Arn: arn, StateMachineName: name } };
  },
  'AWS::Kinesis::Stream': ({ account, region }, name) => {
    const arn = `arn:aws:kinesis:${region}:${account}:stream/${name}`;
    return { arn, identifier: name, properties: { Name: name, Arn: arn, ShardCount: 2 } };
  },
};
export const longTailTypes: readonly string[] = Object.keys(makers);

/** The resources of one type in an account's region, always the same ones. */
export function longTail(
  of: { readonly seed: number; readonly account: Account; readonly region: string; readonly count: number },
  type: string,
): LongTailResource[] {
  const make = makers[type];
  if (!make) return [];
  const place = { account: of.account.id, region: of.region };
  return Array.from({ length: of.count }, (_, i) => {
    const dice = new Dice(hashText(`${of.seed}/${place.account}/${place.region}/${type}/${i}`));
    const name = `${dice.pick(services)}-${i}-${dice.hex(6)}`;
    const tags: Tags = dice.chance(0.8)
      ? { service: name.split('-')[0] as string, owner: `${dice.pick(people)}@acme.example` }
      : {};
    return { type, ...make(place, name), ...place, tags };
  });
}
