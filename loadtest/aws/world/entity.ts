/** What every modelled resource has, and what a type has to say about itself. */
import type { Environment, ResourceType, Unit } from './estate.ts';
import type { Dice } from './random.ts';

export type Tags = Readonly<Record<string, string>>;

/** One resource's state. Times are milliseconds since 1970. */
export interface Entity {
  readonly slot: number;
  /** The id that the API uses: `i-…`, a bucket's or a function's name. */
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  readonly createdAt: number;
  readonly environment: Environment;
  /** Made by AWS, not by the account's people: no finding should come of it. */
  readonly awsOwned: boolean;
}

/** What a type may ask of the world that it is part of. */
export interface View {
  readonly startTime: number;
  /** The world's clock, milliseconds since 1970. */
  now(): number;
  /** The unit of another type in the same account and region. */
  sibling(unit: Unit, type: ResourceType): Unit;
  /** The resource in its present state, undefined when there is none. */
  find(unit: Unit, id: string): Entity | undefined;
}

/** What is wrong with a resource, for tests to look for. */
export type Problem =
  | 'public_bucket'
  | 'unencrypted_prod_database'
  | 'ssh_open_to_world'
  | 'unattached_volume'
  | 'stopped_instance'
  | 'orphaned_snapshot'
  | 'old_snapshot'
  | 'missing_owner'
  | 'untagged'
  | 'secret_in_environment'
  | 'idle_load_balancer'
  | 'idle_service'
  | 'empty_zone'
  | 'log_without_retention'
  | 'outdated_cluster'
  | 'public_cluster'
  | 'public_image'
  | 'public_queue'
  | 'unassociated_address'
  | 'unattached_interface'
  | 'unencrypted_cache'
  | 'unrotated_key'
  | 'unscanned_repository'
  | 'unused_image'
  | 'unused_target_group';

/** When a change happens, and the randomness for its details. */
interface Moment {
  readonly now: number;
  readonly dice: Dice;
}
/** What a change does to the state; undefined where it cannot happen, such as stopping what is stopped.
 * Written as a method's type so that a registry may hold all types' changes together. */
type Mutate<E extends Entity> = { apply(entity: E, moment: Moment): Partial<E> | undefined }['apply'];

/** One resource's change. */
export interface Step<E extends Entity = Entity> {
  readonly unit: Unit;
  readonly change: 'appeared' | 'modified' | 'disappeared' | 'reappeared';
  /** The change's name: one of the type's own, or create, delete, tag, untag. */
  readonly what: string;
  readonly arn: string;
  readonly before: E | undefined;
  readonly after: E | undefined;
  readonly set?: Tags;
  readonly unset?: readonly string[];
  /** Came of the call that made the step before it, as a root volume goes with its instance. */
  readonly follows?: boolean;
}

/** What a call puts into its event. `of` are the steps that it made; all that were given when absent. */
export interface LoggedCall {
  readonly name: string;
  readonly request: object | null;
  readonly response?: object | null;
  readonly of?: readonly Step[];
}

/** Written as a method's type so that a registry may hold all types' calls together. */
export type Log<E extends Entity> = { log(steps: readonly Step<E>[]): LoggedCall[] }['log'];
export type Calls<E extends Entity> = Readonly<Record<string, Log<E>>>;

/** One resource type: how its state is generated, named and told to the API. */
export interface Kind<E extends Entity = Entity> {
  readonly type: ResourceType;
  /** The state that the resource has when nothing has happened to it. */
  generate(view: View, unit: Unit, slot: number): E;
  arn(unit: Unit, entity: E): string;
  /** The object that the type's list or describe call returns, in the SDK's form. */
  api(view: View, unit: Unit, entity: E): object;
  /** Problems beyond those that any type can have. */
  problems(view: View, unit: Unit, entity: E): Problem[];
  /** Changes to one resource that leave all others as they are, by name. */
  readonly mutations: Readonly<Record<string, Mutate<E>>>;
  /** How CloudTrail shows the type: the service, CloudFormation's name of it, and the calls that make each change. */
  readonly trail: {
    /** `ec2.amazonaws.com` */
    readonly source: string;
    /** `AWS::EC2::Instance` */
    readonly type: string;
    /** By the change's name: create, delete, tag, untag and each of `mutations`. */
    readonly calls: Calls<E>;
    /** Whether the service fills in `resources` of the event itself. */
    readonly arns?: boolean;
  };
  /** State beyond `createdAt` that a resource has when it is made now. */
  fresh?(now: number): Partial<E>;
  /** The slot of an id, where it does not end in it. */
  slotOf?(view: View, unit: Unit, id: string): number;
  /** Why AWS would not delete it, undefined when it would. */
  keeps?(entity: E): string | undefined;
}
