/** Who has to agree, and whether they did. Pure. */
import type { Cost } from './reconciler.schema.ts';

export interface Weighed {
  readonly cost: Cost;
  readonly environment: string;
  /** Strongest decision on the resource. */
  readonly decision: string;
  /** The policy that proposed it failed, or every action of the environment waits for somebody. */
  readonly strict: boolean;
}

/** People who must agree. Two where something is destroyed in production, one for whatever interrupts or was asked for. */
export function neededApprovals({ cost, environment, decision, strict }: Weighed, recoverable: boolean): number {
  if (cost === 'destructive') return environment === 'prod' ? 2 : 1;
  if (decision === 'require_approval' || strict) return 1;
  return cost === 'recoverable' && recoverable ? 1 : 0;
}

export interface Approval {
  readonly by: string;
  /** Milliseconds; it counts before this. */
  readonly until: number;
}

/** Approvals that count: one a person, not expired, not of who proposed it. */
export function countingApprovals(approvals: readonly Approval[], proposer: string, at: number): string[] {
  const people = approvals
    .filter(({ by, until }) => until > at && !samePerson(by, proposer))
    .map(({ by }) => person(by));
  return [...new Set(people)];
}

/** Whoever writes a name in other letters, or with spaces around it, is still the same. */
export function samePerson(a: string, b: string): boolean {
  return person(a) === person(b);
}

function person(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}
