/** Which part of a tenant's document a path asks for: what OPA's Data API calls `/v1/data/{path}`. Pure. */
import type { RegoModule } from '../compiler/requests.ts';
import type { RegoValue } from '../host/values.ts';
import { pathOf } from '../packages.ts';

/** Entrypoint → whether it is a rule, and so has values below it that no other entrypoint names. */
export type Entrypoints = ReadonlyMap<string, boolean>;

/** Where an answer comes from: an entrypoint, "" for the data alone, and the way down from its value. */
export interface Place {
  readonly entrypoint: string;
  readonly below: readonly string[];
}

/**
 * Every rule, and every package and part of a name above one: OPA evaluates what is asked for and nothing beside it, so
 * that a conflict in one rule is not another's.
 */
export function entrypointsOf(modules: readonly RegoModule[]): Map<string, boolean> {
  const found = new Map<string, boolean>();
  for (const { package: name, rules } of modules) {
    const folder = pathOf(name);
    for (const rule of rules) {
      if (rule.kind === 'function') continue;
      const whole = [...folder, ...pathOf(`data.${rule.name}`)];
      for (let length = 1; length < whole.length; length++) {
        const above = whole.slice(0, length).join('/');
        if (!found.has(above)) found.set(above, false);
      }
      found.set(whole.join('/'), true);
    }
  }
  return found;
}

/** `path` is what stands after `data`, as texts. */
export function placeOf(path: readonly string[], entrypoints: Entrypoints): Place {
  for (let length = path.length; length > 0; length--) {
    const entrypoint = path.slice(0, length).join('/');
    const isRule = entrypoints.get(entrypoint);
    if (isRule === undefined) continue;
    // Below what is no rule there are no others than those that are entrypoints: only data.
    if (!isRule && length < path.length) break;
    return { entrypoint, below: path.slice(length) };
  }
  return { entrypoint: '', below: path };
}

/** Undefined where there is nothing. A text that is a whole number stands for the number too, as in OPA's paths. */
export function below(value: RegoValue | undefined, path: readonly string[]): RegoValue | undefined {
  return path.reduce<RegoValue | undefined>(child, value);
}

function child(value: RegoValue | undefined, name: string): RegoValue | undefined {
  const keys = /^(0|[1-9][0-9]{0,14})$/.test(name) ? [name, Number(name)] : [name];
  if (Array.isArray(value)) return value[Number(keys[1] ?? -1)];
  if (value instanceof Map) return keys.map((key) => value.get(key)).find((found) => found !== undefined);
  return value instanceof Set ? keys.find((key) => value.has(key)) : undefined;
}

/** The same in plain JSON, for data. */
export function belowData(data: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    return (at as Record<string, unknown>)[name];
  }, data);
}
