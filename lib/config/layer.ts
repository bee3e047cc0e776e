/** What one place (a file, the environment, the flags) gives: settings with raw values, and what is wrong with them. */
import type { ErrorCode } from '../errors.ts';
import { nearest } from './nearest.ts';
import { type Fault, readValue } from './read.ts';
import type { Setting } from './settings.ts';

export type Source = 'flag' | 'env' | 'file';

export interface Given {
  readonly setting: Setting;
  readonly raw: unknown;
  /** The name as written there: "policy.bundle_path", "ELAVA_STORAGE_PATH". */
  readonly name: string;
  /** Where the value, or a part of it, stands: "elava.yaml:12:3", "ELAVA_STORAGE_PATH". */
  readonly where: (at: readonly string[]) => string;
}

export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
}

export interface Layer {
  readonly source: Source;
  readonly given: readonly Given[];
  readonly problems: readonly Problem[];
}

/** What is wrong with the values of a layer, and with two names of one setting that differ. */
export function problemsOf(layer: Layer): Problem[] {
  const faulty = layer.given.flatMap((given) =>
    readValue(given.setting.kind, given.raw).faults.map((fault) => problemOf(given, fault)),
  );
  return [...layer.problems, ...faulty, ...conflicts(layer.given)];
}

function problemOf(given: Given, { code, at, message, known }: Fault): Problem {
  const name = [given.name, ...at].join('.');
  const hint = known
    ? meant(
        name,
        known.map((key) => [given.name, ...at.slice(0, -1), key].join('.')),
      )
    : '';
  return { code, message: `${given.where(at)}: ${name}: ${message}${hint}` };
}

/** ", did you mean storage.path?" */
export function meant(name: string, known: readonly string[]): string {
  const found = nearest(name, known);
  return found === undefined ? '' : `, did you mean ${found}?`;
}

function conflicts(given: readonly Given[]): Problem[] {
  const first = new Map<string, Given>();
  const problems: Problem[] = [];
  for (const one of given) {
    const other = first.get(one.setting.path);
    if (!other) first.set(one.setting.path, one);
    else if (JSON.stringify(other.raw) !== JSON.stringify(one.raw)) {
      const both = `${other.name} (${other.where([])}) and ${one.name} (${one.where([])})`;
      problems.push({ code: 'CONFIG_CONFLICT', message: `${both} are one setting with two different values` });
    }
  }
  return problems;
}
