/** What one API call can change. */
export type EffectKind = 'create' | 'modify' | 'delete';

export interface Effect {
  readonly types: readonly string[];
  readonly kind: EffectKind;
  /** Where ids, names or ARNs stand: `request.instancesSet.items.instanceId`; lists are gone through. */
  readonly ids: readonly string[];
  /** Parts of the changed fields' names, lower-case letters only; every field of the type when absent. */
  readonly fields?: readonly string[];
  /** It changes something that the named resource has: its disks. */
  readonly byReference?: boolean;
}

/** Names of events, separated by white space, that have the same effect. */
export type EffectRow = readonly [names: string, effect: Effect];
