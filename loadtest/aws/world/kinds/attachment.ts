/**
 * Which volume belongs to which instance, computable from either side. Volume slots are: a root volume for each instance,
 * then a data volume for two instances in five, then volumes that nothing uses.
 */

export interface Placement {
  readonly instance: number;
  readonly root: boolean;
}

/** The instance slot that holds a generated volume, undefined for one that nothing uses. */
export function placementOf(volume: number, instances: number): Placement | undefined {
  if (volume < instances) return { instance: volume, root: true };
  const data = volume - instances;
  const instance = Math.ceil(((data + 1) * 5) / 2) - 1;
  return instance < instances ? { instance, root: false } : undefined;
}

/** The volume slots that a generated instance holds, root first. */
export function volumesOf(instance: number, instances: number, volumes: number): number[] {
  const slots = [instance];
  const data = Math.floor((instance * 2) / 5);
  if (Math.floor(((instance + 1) * 2) / 5) > data) slots.push(instances + data);
  return slots.filter((slot) => slot < volumes);
}
