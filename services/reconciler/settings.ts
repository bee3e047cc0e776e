/** What the reconciler's decisions need of the configuration. Times in milliseconds. */
import type { Config } from '../../lib/config/schema.ts';
import type { ChangeWindow, Freeze } from './calendar.ts';
import type { Mode, ModeRule } from './modes.ts';

export interface ReconcilerSettings {
  readonly mode: Mode;
  readonly modes: readonly ModeRule[];
  readonly role: string;
  readonly plan: { readonly expires: number; readonly items: number };
  readonly approval: { readonly expires: number; readonly recoverable: boolean };
  readonly grace: { readonly owner_days: number; readonly orphan_days: number };
  readonly calendar: {
    readonly zone: string;
    readonly workdays: readonly string[];
    readonly holidays: readonly string[];
    readonly windows: readonly ChangeWindow[];
    readonly freezes: readonly Freeze[];
  };
  readonly limits: { readonly count: number; readonly share: number };
  readonly protect: { readonly kinds: readonly string[]; readonly quiet: number };
  readonly canary: {
    readonly share: number;
    readonly full: readonly string[];
    readonly objections: number;
    readonly rate: number;
  };
  readonly claim: number;
  readonly call: number;
  readonly ownerTags: readonly string[];
  /** Environments in which every action needs an approval. */
  readonly strict: ReadonlySet<string>;
}

export function settingsOf({ reconciler, policies, tags, environments }: Config): ReconcilerSettings {
  const strict = Object.entries(environments).filter(([, { strict_mode }]) => strict_mode);
  return {
    ...reconciler,
    mode: policies.enforcement_mode,
    ownerTags: tags.owner,
    strict: new Set(strict.map(([name]) => name)),
  };
}
