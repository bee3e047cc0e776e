/** The functions that policies may call, and those of them that the host answers. */
import type { BuiltinTable } from '../host/policy-instance.ts';
import { formatBuiltins } from './format.ts';
import { nativeBuiltins } from './native.ts';
import { regexBuiltins } from './regex.ts';
import { timeBuiltins } from './time.ts';

export const hostBuiltins: BuiltinTable = new Map([...formatBuiltins, ...regexBuiltins, ...timeBuiltins]);

/**
 * All that a policy may call; the compiler refuses the rest with file and line. Left out on purpose: `http.send`,
 * `net.lookup_ip_addr` (the network), `opa.runtime` (the environment), `rand.intn`, `uuid.rfc4122` (an evaluation could
 * not be repeated), `trace`.
 */
export const suppliedBuiltins: readonly string[] = [...new Set([...nativeBuiltins, ...hostBuiltins.keys()])].sort();
