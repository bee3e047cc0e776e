/**
 * Identifiers that lead back to their resource: the last six hexadecimal digits are the slot, masked by the unit, so that
 * a call for one id needs no index over a million resources.
 */
import type { Unit } from './estate.ts';
import { hashText, mix } from './random.ts';

const slotBits = 0xff_ff_ff;

/** Six hexadecimal digits that `slotOf` turns back. */
export function slotSuffix(unit: Unit, slot: number): string {
  return ((slot ^ unit.hash) & slotBits).toString(16).padStart(6, '0');
}

/** The slot that an id of this unit ends in; any other text gives a slot that does not exist or does not match. */
export function slotOf(unit: Unit, id: string): number {
  // Some services write ids in capitals.
  const suffix = id.slice(-6).toLowerCase();
  return /^[0-9a-f]{6}$/.test(suffix) ? (Number.parseInt(suffix, 16) ^ unit.hash) & slotBits : -1;
}

/** `i-0` and sixteen digits: the form of EC2's long ids. */
export function longId(prefix: string, unit: Unit, slot: number): string {
  const h = mix(unit.hash, slot);
  const digits = h.toString(16).padStart(8, '0') + (mix(h, 7) & 0xff).toString(16).padStart(2, '0');
  return `${prefix}-0${digits}${slotSuffix(unit, slot)}`;
}

/** An id with no resource behind it, such as a subnet's, which the world does not model. */
export function looseId(prefix: string, ...of: (string | number)[]): string {
  const h = hashText(of.join('/'));
  const digits = h.toString(16).padStart(8, '0') + mix(h, 1).toString(16).padStart(8, '0');
  return `${prefix}-0${digits}`;
}
