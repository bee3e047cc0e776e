/** A directory of policies as a bundle of OPA. */
import { elavaError } from '../../../lib/errors.ts';
import { buildBundle } from '../bundle.ts';
import { type Manifest, packBundle } from '../bundles/archive.ts';
import type { BundleKey } from '../bundles/signatures.ts';
import type { RegoCompiler } from '../compiler/compiler.ts';
import type { RegoModule } from '../compiler/requests.ts';
import { pathOf } from '../packages.ts';
import type { Diagnostic } from '../policy.contract.ts';
import { readSources, type Sources } from '../sources.ts';

/**
 * What is in it beside sources and data. `both`: policy.wasm, which the manifest does not name, so that an OPA without a
 * WebAssembly runtime evaluates the sources. `wasm`: the manifest names it, as `opa build -t wasm` has it. `rego`: none.
 */
export const targets = ['both', 'wasm', 'rego'] as const;
export type Target = (typeof targets)[number];

export interface ArchiveOptions {
  readonly target: Target;
  /** "" for the digest of the policies. */
  readonly revision: string;
  readonly signing?: { readonly key: BundleKey; readonly id: string };
}
export type Archived =
  | { readonly ok: true; readonly bytes: Buffer; readonly manifest: Manifest }
  | { readonly ok: false; readonly errors: readonly Diagnostic[] };

/** The same directory gives the same bytes. Errors: POLICY_LOAD. */
export async function archiveOf(
  { directory, compiler }: { readonly directory: string; readonly compiler: RegoCompiler },
  { target, revision, signing }: ArchiveOptions,
): Promise<Archived> {
  const sources = await readSources(directory);
  if (sources.files.length + sources.errors.length === 0)
    throw elavaError('POLICY_LOAD', `${directory} holds no policies`);
  const built = await buildBundle(compiler, sources);
  if (!built.ok) return built;
  const checked = await compiler.check({ files: sources.files });
  const { digest, packages, wasm } = built.bundle;
  const manifest: Manifest = {
    revision: revision || digest,
    roots: rootsOf(checked.modules, sources),
    rego_version: 1,
    ...olderOf(checked.modules),
    ...(target === 'wasm' && {
      wasm: packages.map(({ entrypoint }) => ({ entrypoint, module: '/policy.wasm' })),
    }),
  };
  const files = [
    ...sources.files.map(({ path, text }) => ({ name: nameOf(path), bytes: Buffer.from(text) })),
    { name: '/data.json', bytes: Buffer.from(`${JSON.stringify(sources.data)}\n`) },
    ...(target === 'rego' ? [] : [{ name: '/policy.wasm', bytes: wasm }]),
  ];
  return { ok: true, bytes: packBundle(files, manifest, signing), manifest };
}

/** OPA knows Rego by its ending; a rule policy is packed as the Rego that it was compiled to. */
function nameOf(path: string): string {
  return path.endsWith('.rego') ? `/${path}` : `/${path}.rego`;
}

/** What the bundle owns: the first names of its packages and of its data. */
function rootsOf(modules: readonly RegoModule[], { data }: Sources): string[] {
  const packages = modules.map((module) => pathOf(module.package)[0] ?? '');
  return [...new Set([...packages, ...Object.keys(data)])].sort();
}

/** Rego v0 has to be named, as OPA reads a bundle of ours as v1. */
function olderOf(modules: readonly RegoModule[]): Pick<Manifest, 'file_rego_versions'> {
  const older = modules.filter(({ regoVersion }) => regoVersion === 'v0').map(({ file }) => [nameOf(file), 0] as const);
  return older.length > 0 ? { file_rego_versions: Object.fromEntries(older) } : {};
}
