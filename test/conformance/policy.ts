/** Writes a case as a set of policies: its modules, and one of ours that asks its query. */
import type { RegoFile } from '../../services/policy/compiler/requests.ts';
import type { Case } from './cases.ts';

export interface CasePolicy {
  readonly files: readonly RegoFile[];
  /** JSON in UTF-8. */
  readonly input: Uint8Array | undefined;
  readonly data: Uint8Array;
}

/** A set of objects, one for each way in which the query holds: its variables and their values. */
export const entrypoint = 'elava_conformance/answers';

export function policyOf(one: Case): CasePolicy {
  const { input, term } = inputOf(one);
  const query = term === undefined ? one.query : withInput(one.query, term);
  const names = variablesOf(one).map((name) => `${JSON.stringify(name)}: ${name}`);
  const asking = `package elava_conformance\n\nanswers contains {${names.join(', ')}} if {\n${query}\n}\n`;
  const modules = (one.modules ?? []).map((text, i) => ({ path: `test-${i}.rego`, text }));
  return {
    files: [...modules, { path: 'asking.rego', text: asking }],
    input,
    data: Buffer.from(jsonText(one.data ?? {})),
  };
}

/** Those that the result names; an error names none, and then it is the one that the query ends with. */
function variablesOf({ query, want_result }: Case): string[] {
  const [first] = want_result ?? [];
  if (first) return Object.keys(first);
  const [, last] = /(?:=|,)\s*([a-z]\w*)\s*\)?\s*$/.exec(query) ?? [];
  return last === undefined ? [] : [last];
}

/** Terms that are not JSON, such as sets, become part of the query: the host takes JSON only. */
function inputOf({ input, input_term }: Case): { readonly input: Uint8Array | undefined; readonly term?: string } {
  if (input_term === undefined) return { input: input === undefined ? undefined : Buffer.from(jsonText(input)) };
  try {
    JSON.parse(input_term);
    return { input: Buffer.from(input_term) };
  } catch {
    return { input: undefined, term: input_term };
  }
}

function withInput(query: string, term: string): string {
  return query
    .split(/;|\n/)
    .filter((part) => part.trim() !== '')
    .map((part) => `${part} with input as ${term}`)
    .join('\n');
}

/** As JSON.stringify, with integers of any size. */
function jsonText(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}:${jsonText(item)}`)
    .join(',')}}`;
}
