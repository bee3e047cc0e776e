/** Who can be behind a call: the ways of making one, and what is known of whoever does. */
import type { Account } from '../estate.ts';
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
  /** The service itself, without a role. */
  aws_service: 0,
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
