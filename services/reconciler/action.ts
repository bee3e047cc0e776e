/** What a file in actions/ says of its action. Order, records, approvals, brakes and reading back are the same for all. */
import type { Resource } from '../../lib/resource.ts';
import type { AwsCalls } from './aws/calls.ts';
import type { ActionParams, Cost } from './reconciler.schema.ts';

/** Each has an IAM role of its own, so that what may tag cannot delete. */
export const roleClasses = ['tag', 'power', 'network', 'protect', 'scale', 'delete'] as const;
export type RoleClass = (typeof roleClasses)[number];

export interface StepContext {
  readonly resource: Resource;
  readonly params: ActionParams;
  /** Of this step; also on what it makes, so that it can be found again. */
  readonly id: string;
  readonly aws: AwsCalls;
  /** When the grace time will end, for the step that marks; ISO 8601. */
  readonly due: string;
  /** The resource as it is now; undefined when it is gone. */
  readonly read: () => Promise<Resource | undefined>;
  /** Tells the owner; the only thing that `notify` does. */
  readonly tell: (text: string) => Promise<void>;
}

/** One changing call. */
export interface Step {
  readonly name: string;
  readonly role: RoleClass;
  /** IAM actions that it needs, reading ones too. */
  readonly iam: readonly string[];
  /** Makes exactly one changing call. */
  readonly call: (context: StepContext) => Promise<void>;
  /** Looks whether its effect is there: after the call, and when nobody knows whether it was made. Only reads. */
  readonly happened: (context: StepContext) => Promise<boolean>;
  /** Its effect cannot be looked up: it is never taken for done before, and always after. */
  readonly blind?: true;
  /** Why it has to wait, such as for what the step before began; it is tried again later. Only reads. */
  readonly wait?: (context: StepContext) => Promise<string | undefined>;
}

export interface Action {
  readonly type: string;
  readonly title: string;
  readonly cost: Cost;
  /** Resource types that it is for; none: any. */
  readonly resources: readonly string[];
  /** A policy may propose it; the others only undo. */
  readonly proposable: boolean;
  readonly steps: readonly Step[];
  /** What it needs of what the policy gave, or why that is wrong. */
  readonly params: (proposed: Readonly<Record<string, unknown>>) => ActionParams | string;
  /** Why it cannot be done to the resource as it is, or undefined. */
  readonly check: (resource: Resource, params: ActionParams) => string | undefined;
  readonly would: (resource: Resource, params: ActionParams) => string;
  /** What puts it back, computed from the resource before. */
  readonly inverse?: (resource: Resource, params: ActionParams) => Undo | undefined;
}
export interface Undo {
  readonly action: string;
  readonly params: ActionParams;
}

export function defineAction(action: Action): Action {
  return action;
}

/** Marked first, done after the grace time. */
export function isDelayed({ cost }: Pick<Action, 'cost'>): boolean {
  return cost === 'destructive';
}

/** `i-0abc` of `arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc`. */
export function shortId({ id }: Pick<Resource, 'id'>): string {
  return id.split(/[:/]/).at(-1) ?? id;
}

export const noParams = (): ActionParams => ({});

/** For actions that are for resources in one of these states. */
export function inState(resource: Resource, ...states: readonly string[]): string | undefined {
  return states.includes(resource.status) ? undefined : `it is ${resource.status || 'in no known state'}`;
}
