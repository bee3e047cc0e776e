/** What a tenant's policies are asked and what they answer, and how both cross to a thread: a line each. */
import type { Place } from './document-path.ts';

export interface Question {
  /** Paths below `data` as texts, such as ["tenants", "a", "allow"]; one value each, in their order. */
  readonly paths: ReadonlyArray<readonly string[]>;
  /** Absent: `input` is undefined, which is not the same as null. */
  readonly input?: unknown;
}

/** Without `result` the document has nothing there: OPA's undefined. */
export interface Value {
  readonly result?: unknown;
}
export interface Answer {
  /** Empty where `error` is there. */
  readonly values: readonly Value[];
  readonly error?: { readonly code: string; readonly message: string };
  /** Time in the evaluator, the reading of the input included. */
  readonly eval_ns: number;
}

/** A tab parts them: JSON that JSON.stringify wrote has none, nor a line feed. */
export function questionLine(places: readonly Place[], nowNs: bigint, input: unknown): string {
  const flat = places.map(({ entrypoint, below }) => [entrypoint, ...below]);
  return `${JSON.stringify([String(nowNs), ...flat])}\t${input === undefined ? '' : JSON.stringify(input)}\n`;
}

export function readQuestion(line: string): { places: Place[]; nowNs: bigint; input: string } {
  const tab = line.indexOf('\t');
  const [nowNs, ...flat] = JSON.parse(line.slice(0, tab)) as [string, ...string[][]];
  const places = flat.map(([entrypoint = '', ...below]) => ({ entrypoint, below }));
  return { places, nowNs: BigInt(nowNs), input: line.slice(tab + 1) };
}
