/** The functions that policies may call, and those of them that the host answers. */
import type { BuiltinTable } from '../host/policy-instance.ts';
import { castBuiltins } from './casts.ts';
import { cidrBuiltins } from './cidr.ts';
import { encodingBuiltins } from './encoding.ts';
import { formatBuiltins } from './format.ts';
import { interpreterBuiltins } from './interpreter.ts';
import { jsonBuiltins } from './json.ts';
import { jwtBuiltins } from './jwt.ts';
import { nativeBuiltins } from './native.ts';
import { numberBuiltins } from './numbers.ts';
import { randomBuiltins } from './random.ts';
import { regexBuiltins } from './regex.ts';
import { semverBuiltins } from './semver.ts';
import { textBuiltins } from './text.ts';
import { timeBuiltins } from './time.ts';
import { unitsBuiltins } from './units.ts';

export const hostBuiltins: BuiltinTable = new Map([
  ...castBuiltins,
  ...cidrBuiltins,
  ...encodingBuiltins,
  ...formatBuiltins,
  ...interpreterBuiltins,
  ...jsonBuiltins,
  ...jwtBuiltins,
  ...numberBuiltins,
  ...randomBuiltins,
  ...regexBuiltins,
  ...semverBuiltins,
  ...textBuiltins,
  ...timeBuiltins,
  ...unitsBuiltins,
]);

/**
 * All that a policy may call; the compiler refuses the rest with file and line. Left out on purpose: `http.send`,
 * `net.lookup_ip_addr` (the network), `opa.runtime` (the environment), `trace`.
 */
export const suppliedBuiltins: readonly string[] = [...new Set([...nativeBuiltins, ...hostBuiltins.keys()])].sort();
