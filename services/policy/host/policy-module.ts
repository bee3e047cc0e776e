/** A compiled policy made ready for instances: functions that the host answers better are sent to it. */
import { elavaError } from '../../../lib/errors.ts';
import { type Redirect, redirectNatives } from './redirect.ts';

/**
 * Natives that the host answers. Patterns: the policy's own RE2 compiles them at every evaluation. The others differ
 * from OPA's interpreter: addresses such as ::ffff:10.0.0.1, `<` and `>` in JSON text, the order of a joined set.
 */
const replaced: Readonly<Record<string, readonly [native: string, arity: Redirect['arity']]>> = {
  'regex.match': ['opa_regex_match', 2],
  'regex.is_valid': ['opa_regex_is_valid', 1],
  'regex.find_all_string_submatch_n': ['opa_regex_find_all_string_submatch', 3],
  'net.cidr_contains': ['opa_cidr_contains', 2],
  'net.cidr_intersects': ['opa_cidr_intersects', 2],
  'json.marshal': ['opa_json_marshal', 1],
  concat: ['opa_strings_concat', 2],
};

/** Numbers of redirected natives start here; OPA numbers a policy's own host functions from 0. */
const firstId = 1_000_000;
const redirected = Object.keys(replaced);

export function redirectedNatives(): readonly string[] {
  return redirected;
}

/** The function behind a redirected number, undefined for one of OPA's own. */
export function nameOfRedirect(id: number): string | undefined {
  return redirected[id - firstId];
}

/** Can be handed to another thread, which then need not compile it again. */
export interface PolicyModule {
  readonly code: WebAssembly.Module;
  /** Pages of 64 KiB that its constants need. */
  readonly pages: number;
}

/** Compiles what the compiler gave. Errors: POLICY_LOAD when the bytes are not a policy of ABI 1. */
export async function compilePolicy(wasm: Uint8Array): Promise<PolicyModule> {
  const redirects = Object.values(replaced).map(([native, arity], i) => ({ native, id: firstId + i, arity }));
  try {
    const { bytes, pages } = redirectNatives(wasm, redirects);
    return { code: await WebAssembly.compile(bytes), pages };
  } catch (cause) {
    throw elavaError('POLICY_LOAD', `the compiled policy cannot be loaded: ${(cause as Error).message}`, { cause });
  }
}
