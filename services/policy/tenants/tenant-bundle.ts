/** Compiles a tenant's policies: each of its rules can be asked for by itself, and none stands outside of its roots. */
import { createHash } from 'node:crypto';
import { suppliedBuiltins } from '../builtins/index.ts';
import type { RegoCompiler, RequestOptions } from '../compiler/compiler.ts';
import type { RegoFile, RegoModule } from '../compiler/requests.ts';
import { pathOf } from '../packages.ts';
import type { Diagnostic } from '../policy.contract.ts';
import type { Sources } from '../sources.ts';
import { type Entrypoints, entrypointsOf } from './document-path.ts';

/** What is kept of a tenant whether or not it is asked: its compiled module can be made again from this. */
export interface TenantBundle {
  /** SHA-256, hexadecimal, over all that decides a result. */
  readonly digest: string;
  readonly files: readonly RegoFile[];
  /** JSON in UTF-8; shared with the threads. */
  readonly data: Uint8Array<SharedArrayBuffer>;
  readonly entrypoints: Entrypoints;
  readonly modules: readonly RegoModule[];
}
export type TenantBuild =
  | { readonly ok: true; readonly bundle: TenantBundle; readonly wasm: Uint8Array<ArrayBuffer> | undefined }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

/** More rules than that are no policy; each is an entrypoint of the module. */
const maxEntrypoints = 5000;

/**
 * `roots` are the packages that the bundle may have, `tenants/a` with what is below. Broken policies are a result. Errors:
 * those of the compiler (QUEUE_FULL, DEADLINE_EXCEEDED, CANCELLED, INVALID_REQUEST, POLICY_COMPILER).
 */
export async function buildTenant(
  compiler: RegoCompiler,
  { files, data, errors }: Sources,
  roots: readonly string[],
  options: RequestOptions = {},
): Promise<TenantBuild> {
  if (errors.length > 0) return { ok: false, errors };
  const checked = await compiler.check({ files, builtins: suppliedBuiltins, data }, options);
  if (!checked.ok) return checked;
  const { modules } = checked;
  const entrypoints = entrypointsOf(modules);
  const faults = [...outside(modules, roots), ...tooMany(entrypoints.size)];
  if (faults.length > 0) return { ok: false, errors: faults };
  const bytes = new TextEncoder().encode(JSON.stringify(data));
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  const bundle = { digest: digestOf(files, bytes), files, data: shared, entrypoints, modules };
  if (entrypoints.size === 0) return { ok: true, bundle, wasm: undefined };
  const built = await compileTenant(compiler, bundle, options);
  return built.ok ? { ok: true, bundle, wasm: built.wasm } : built;
}

/** From the compiler's cache where it is there. */
export function compileTenant(
  compiler: RegoCompiler,
  { files, entrypoints }: Pick<TenantBundle, 'files' | 'entrypoints'>,
  options: RequestOptions = {},
) {
  return compiler.build({ files, builtins: suppliedBuiltins, entrypoints: [...entrypoints.keys()] }, options);
}

function outside(modules: readonly RegoModule[], roots: readonly string[]): Diagnostic[] {
  return modules.flatMap(({ file, package: name }) => {
    const path = pathOf(name).join('/');
    if (roots.some((root) => path === root || path.startsWith(`${root}/`))) return [];
    const message = `package ${name.slice('data.'.length)} is not under ${roots.map(packageName).join(' or ')}`;
    return [{ code: 'tenant_package', message, file, row: 1, col: 1 }];
  });
}

/** As it is written in Rego: `tenants["tenant-a"]`. */
function packageName(root: string): string {
  const [first = '', ...rest] = root.split('/');
  return first + rest.map((part) => (/^[A-Za-z_]\w*$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`)).join('');
}

function tooMany(count: number): Diagnostic[] {
  if (count <= maxEntrypoints) return [];
  const message = `${count} rules; ${maxEntrypoints} is the limit`;
  return [{ code: 'tenant_size', message, file: '', row: 0, col: 0 }];
}

function digestOf(files: readonly RegoFile[], data: Uint8Array): string {
  const hash = createHash('sha256');
  for (const { path, text } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(JSON.stringify([path, text]));
  }
  return hash.update('\n').update(data).digest('hex');
}
