/**
 * Builds OPA's compiler to WebAssembly and writes the committed artefact: `node scripts/build-rego-compiler.ts`.
 * With `--check` it writes nothing: it builds again and exits 1 when the committed bytes are not those of the source.
 * Needs Go; the version that is pinned here is fetched by Go's own toolchain switch where another one is installed.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { noticesOf } from './rego-compiler-notices.ts';
import { snapshot } from './rego-compiler-snapshot.ts';

const goVersion = 'go1.26.8';
const source = join(import.meta.dirname, 'rego-compiler');
const target = join(import.meta.dirname, '../services/policy/compiler');
const artefact = join(target, 'rego-compiler.wasm.br');
const facts = join(target, 'rego-compiler.json');
const notices = join(target, 'NOTICES.md');

/**
 * Set over the caller's environment, whose flags, experiments or module settings would be in the bytes. By the `env`
 * command, as only lib/config reads the environment.
 */
const environment = [
  'GOFLAGS=-buildvcs=false -mod=readonly',
  `GOTOOLCHAIN=${goVersion}`,
  'GOEXPERIMENT=',
  'GOWASM=',
  'GOWORK=off',
  'CGO_ENABLED=0',
  'GOOS=wasip1',
  'GOARCH=wasm',
];

function go(...args: string[]): string {
  return execFileSync('env', [...environment, 'go', ...args], { cwd: source, encoding: 'utf8', maxBuffer: 1 << 28 });
}

function buildModule(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'rego-compiler-'));
  try {
    const file = join(folder, 'rego-compiler.wasm');
    go('build', '-trimpath', '-ldflags', '-s -w', '-buildmode=c-shared', '-o', file, '.');
    return snapshot(readFileSync(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is recorded beside the artefact; the digest is of the module before compression. */
function factsOf(module: Buffer): string {
  const opa = go('list', '-m', '-f', '{{.Version}}', 'github.com/open-policy-agent/opa').trim();
  const sha256 = createHash('sha256').update(module).digest('hex');
  return `${JSON.stringify({ sha256, bytes: module.length, opa, go: goVersion }, null, 2)}\n`;
}

function write(module: Buffer): void {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: module.length,
  };
  writeFileSync(artefact, brotliCompressSync(module, { params }));
  writeFileSync(facts, factsOf(module));
  writeFileSync(notices, noticesOf(go));
}

/** The compressed file is compared unpacked: another release of Node may compress otherwise. */
function differences(module: Buffer): string[] {
  const found: string[] = [];
  if (!brotliDecompressSync(readFileSync(artefact)).equals(module)) found.push(artefact);
  if (readFileSync(facts, 'utf8') !== factsOf(module)) found.push(facts);
  if (readFileSync(notices, 'utf8') !== noticesOf(go)) found.push(notices);
  return found;
}

const module = buildModule();
if (process.argv.includes('--check')) {
  const stale = differences(module);
  for (const file of stale) console.error(`${file} is not what its source builds to`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  write(module);
}
