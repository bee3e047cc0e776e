/** Resources that are left alone, and why. Pure. */
import type { Cost } from './reconciler.schema.ts';

export const protectionKinds = ['blessed', 'production', 'recent', 'referenced'] as const;
export type ProtectionKind = (typeof protectionKinds)[number];

export interface Subject {
  readonly tags: Readonly<Record<string, string>>;
  readonly environment: string;
  /** When its content last changed, milliseconds; Elava's own marks do not count. */
  readonly changedAt: number;
  /** Live resources that refer to it. */
  readonly referrers: readonly string[];
}
export interface ProtectionOptions {
  readonly kinds: readonly string[];
  /** How long after a change a resource is left alone, milliseconds. */
  readonly quietMs: number;
  readonly now: number;
  readonly cost: Cost;
}

/** Tags whose mere presence protects; a value that says no does not. */
const blessings = ['elava_blessed', 'elava:blessed'];
const no = new Set(['', 'false', 'no', '0', 'off']);

/** A blessing stops everything; the others stop what interrupts or destroys. In words, one a protection. */
export function protectionsOf(subject: Subject, { kinds, quietMs, now, cost }: ProtectionOptions): string[] {
  const found: string[] = [];
  const stops = (kind: ProtectionKind): boolean =>
    kinds.includes(kind) && (kind === 'blessed' || cost !== 'reversible');
  const blessed = blessings.find((tag) => !no.has((subject.tags[tag] ?? '').toLowerCase()));
  if (stops('blessed') && blessed) found.push(`it is blessed (tag ${blessed})`);
  if (stops('production') && subject.environment === 'prod') found.push('it is production');
  if (stops('recent') && now - subject.changedAt < quietMs) {
    found.push(`it changed lately (${new Date(subject.changedAt).toISOString()})`);
  }
  if (stops('referenced') && subject.referrers.length > 0) {
    found.push(`something live refers to it (${subject.referrers.slice(0, 3).join(', ')})`);
  }
  return found;
}
