/** What happened to the estate since it was generated: the only state that the world keeps. */
import type { Entity } from './entity.ts';
import type { Unit } from './estate.ts';

interface Override {
  readonly gone: boolean;
  readonly patch: object;
}
interface UnitOverrides {
  created: number;
  readonly slots: Map<number, Override>;
}

export class Overrides {
  readonly #units = new Map<string, UnitOverrides>();

  /** Slots that the unit has, the gone ones included. */
  slots(unit: Unit): number {
    return unit.count + (this.#units.get(unit.key)?.created ?? 0);
  }

  isGone(unit: Unit, slot: number): boolean {
    return this.#units.get(unit.key)?.slots.get(slot)?.gone ?? false;
  }

  /** The generated state with what was changed laid over it. */
  apply<E extends Entity>(unit: Unit, generated: E): E {
    const override = this.#units.get(unit.key)?.slots.get(generated.slot);
    return override ? { ...generated, ...override.patch } : generated;
  }

  /** Takes a new slot for a resource that is made now. */
  append(unit: Unit): number {
    const held = this.#of(unit);
    held.created += 1;
    return unit.count + held.created - 1;
  }

  /** Lays a change over what was changed before. A resource that was gone is there again. */
  patch(unit: Unit, slot: number, patch: object): void {
    const { slots } = this.#of(unit);
    const before = slots.get(slot);
    slots.set(slot, { gone: false, patch: { ...before?.patch, ...patch } });
  }

  remove(unit: Unit, slot: number): void {
    const { slots } = this.#of(unit);
    slots.set(slot, { gone: true, patch: slots.get(slot)?.patch ?? {} });
  }

  /** Brings a slot back with nothing but this patch over its generated state. */
  renew(unit: Unit, slot: number, patch: object): void {
    this.#of(unit).slots.set(slot, { gone: false, patch });
  }

  #of(unit: Unit): UnitOverrides {
    let held = this.#units.get(unit.key);
    if (!held) this.#units.set(unit.key, (held = { created: 0, slots: new Map() }));
    return held;
  }
}
