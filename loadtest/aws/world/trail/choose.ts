/** Who is likely to have made a change: resources are mostly changed by what manages them. */
import type { ResourceType } from '../estate.ts';
import type { Dice } from '../random.ts';
import { type Archetype, archetypes } from './actor.ts';
import { type Step, subject } from './step.ts';

/** Services that make and delete resources of a type by themselves, with their share of such changes. */
const services: Partial<Record<ResourceType, readonly [Archetype, share: number]>> = {
  ec2: ['autoscaling', 0.35],
  snapshot: ['backup', 0.6],
  eni: ['aws_service', 0.5],
};
const managers: Readonly<Record<string, readonly Archetype[]>> = {
  terraform: ['terraform', 'terraform', 'github'],
  cloudformation: ['cloudformation_human', 'cloudformation_ci'],
  cdk: ['cloudformation_ci'],
  pulumi: ['gitlab', 'jenkins'],
  console: ['sso_console', 'sso_console', 'iam_console'],
};
/** How often the `managed-by` tag tells the truth. */
const managed = 0.6;

export function choose(step: Step, dice: Dice): Archetype {
  const service = services[step.unit.type];
  const whole = step.change !== 'modified';
  if (service && whole && dice.chance(service[1])) return service[0];
  const by = managers[subject(step).tags['managed-by'] ?? ''];
  if (by && dice.chance(managed)) return dice.pick(by);
  return weighted(dice);
}

const entries = Object.entries(archetypes) as [Archetype, number][];
const sum = entries.reduce((total, [, weight]) => total + weight, 0);

export function weighted(dice: Dice): Archetype {
  let at = dice.next() * sum;
  for (const [archetype, weight] of entries) if ((at -= weight) < 0) return archetype;
  return 'sso_console';
}
