/**
 * Loads the committed compiler (rego-compiler.wasm.br, made by scripts/build-rego-compiler.ts). Errors have no code here:
 * they leave the compiler's thread as text.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { withMemoryLimit } from './memory-limit.ts';

/** The facts that the build script records beside the artefact. */
export interface CompilerFacts {
  /** SHA-256 of the module before compression, hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** Release of OPA, such as "v1.22.2". */
  readonly opa: string;
  readonly go: string;
}

const unpack = promisify(brotliDecompress);
const here = new URL('.', import.meta.url);

export async function readFacts(folder: URL = here): Promise<CompilerFacts> {
  return JSON.parse(await readFile(new URL('rego-compiler.json', folder), 'utf8'));
}

/**
 * Unpacks, verifies and compiles: about 0.5 s of CPU, some of it blocking, so for a worker thread. The memory of each
 * instance is limited to `memoryBytes`. Throws when the artefact is missing or damaged.
 */
export async function loadCompiler(memoryBytes: number, folder: URL = here): Promise<WebAssembly.Module> {
  try {
    const { sha256, bytes } = await readFacts(folder);
    const module = await unpack(await readFile(new URL('rego-compiler.wasm.br', folder)), { maxOutputLength: bytes });
    const found = createHash('sha256').update(module).digest('hex');
    if (found !== sha256) throw new Error(`its digest is ${found}, not ${sha256}`);
    return await WebAssembly.compile(withMemoryLimit(module, memoryBytes) as Buffer<ArrayBuffer>);
  } catch (cause) {
    throw new Error(`rego-compiler.wasm.br cannot be used: ${(cause as Error).message}`, { cause });
  }
}
