/** How much one run may do: counted as a whole before the first call, by policy × account × type. Pure. */
export interface Limits {
  readonly count: number;
  /** Of the account's live resources of the type, 0..1. */
  readonly share: number;
}
export interface Braked {
  readonly policy: string;
  readonly account: string;
  readonly type: string;
}

/** What counts together. */
export function groupOf({ policy, account, type }: Braked): string {
  return `${policy} ${account}/${type}`;
}

/** At most so many of a group; a small group may always have one. */
export function allowedOf(population: number, { count, share }: Limits): number {
  return Math.min(count, Math.max(1, Math.floor(population * share)));
}

/**
 * Why each group that is over its limit is stopped, as a whole: who asked for a hundred and was allowed ten has most
 * likely asked for something else. `done` counts what earlier runs of the same plan did.
 */
export function brake(
  items: readonly Braked[],
  facts: { readonly population: (item: Braked) => number; readonly done?: ReadonlyMap<string, number> },
  limits: Limits,
): Map<string, string> {
  const groups = Map.groupBy(items, groupOf);
  const stopped = new Map<string, string>();
  for (const [group, members] of groups) {
    const [first] = members;
    if (!first) continue;
    const population = facts.population(first);
    const allowed = allowedOf(population, limits);
    const asked = members.length + (facts.done?.get(group) ?? 0);
    if (asked > allowed)
      stopped.set(group, `${group}: ${asked} of ${population} are more than the ${allowed} of one run`);
  }
  return stopped;
}
