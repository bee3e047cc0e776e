/** What a type may ask of the world that it is part of. */
import type { Entity } from './entity.ts';
import type { ResourceType, Unit } from './estate.ts';

export interface View {
  readonly startTime: number;
  /** The world's clock, milliseconds since 1970. */
  now(): number;
  /** The unit of another type in the same account and region. */
  sibling(unit: Unit, type: ResourceType): Unit;
  /** The resource in its present state, undefined when there is none. */
  find(unit: Unit, id: string): Entity | undefined;
}
