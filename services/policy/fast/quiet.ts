/**
 * Which rules of a package have nothing to say of a type of resource. Most rules look at the type first, in ways that no
 * text of theirs tells (a helper, a set, a table): so each is tried once for a type, on an input of which nothing but the
 * type can be read. A rule that ends in silence without having wanted more does so for every resource of the type, as it
 * would read the same and go the same way; one that wants more is asked for each resource, as ever.
 */
import { bail, type Value, ValueSet } from './values.ts';

/** A rule as the program has it, from the input and the data. */
export type Rule = (input: unknown, data: unknown) => Value | undefined;

/** By the place of the rule among those that were tried; what is not 1 has to be asked. */
export type Quiet = Readonly<Uint8Array>;

/** Types that are remembered for a package; whoever sends more of them than there are has no gain from this. */
const maxTypes = 200;
const unknown: Quiet = new Uint8Array(0);

/**
 * `seen` is the package's own memory of types. `tried` says for each rule whether it is silent on the probe that it is
 * given; it is called once for a type.
 */
export function quietRules(
  seen: Map<string, Quiet>,
  input: unknown,
  tried: (probe: unknown) => readonly boolean[],
): Quiet {
  if (!isPlain(input) || !isPlain(input['resource'])) return unknown;
  const { type } = input['resource'];
  if (typeof type !== 'string') return unknown;
  const known = seen.get(type);
  if (known !== undefined) return known;
  if (seen.size >= maxTypes) return unknown;
  const found = Uint8Array.from(tried(probeOf(type)), Number);
  seen.set(type, found);
  return found;
}

/** Whether the rule is silent whatever else there is. What a trap or the rule itself throws says that it is not known. */
export function isQuiet(rule: Rule, probe: unknown, data: unknown): boolean {
  try {
    const value = rule(probe, data);
    return value === undefined || (value instanceof ValueSet && value.size === 0);
  } catch {
    return false;
  }
}

/** `{resource: {type}}`, of which only these can be read. That both are objects may be seen: it was looked at before. */
function probeOf(type: string): unknown {
  const resource = new Proxy({}, trapsFor('type', type));
  return new Proxy({}, trapsFor('resource', resource));
}

function trapsFor(only: string, value: unknown): ProxyHandler<object> {
  const trap = (): never => {
    throw bail;
  };
  return {
    get: (_target, key) => (key === only ? value : trap()),
    has: trap,
    ownKeys: trap,
    getOwnPropertyDescriptor: trap,
  };
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
