/** Keeps what was built, by the digest of what went in: some in memory and, where there is a directory, more on disk. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolicyExports } from './policy-exports.ts';
import type { RegoModule } from './requests.ts';

export interface Built {
  readonly modules: readonly RegoModule[];
  readonly exports: PolicyExports | undefined;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface CacheLimits {
  readonly directory?: string | undefined;
  readonly memoryBytes: number;
  readonly files: number;
}

const suffix = '.rego-build';

export class BuildCache {
  readonly #limits: CacheLimits;
  /** Least recently used first. */
  readonly #held = new Map<string, Built>();
  #heldBytes = 0;
  #hits = 0;
  #diskErrors = 0;

  constructor(limits: CacheLimits) {
    this.#limits = limits;
  }

  /** `diskErrors` counts files that could not be written or read; a build never fails for its cache. */
  get stats(): { readonly hits: number; readonly heldBytes: number; readonly diskErrors: number } {
    return { hits: this.#hits, heldBytes: this.#heldBytes, diskErrors: this.#diskErrors };
  }

  async get(digest: string): Promise<Built | undefined> {
    const found = this.#held.get(digest) ?? (await this.#read(digest));
    if (!found) return undefined;
    this.#hits++;
    this.#hold(digest, found);
    return found;
  }

  async put(digest: string, built: Built): Promise<void> {
    this.#hold(digest, built);
    if (this.#limits.directory) await this.#write(this.#limits.directory, digest, built);
  }

  clear(): void {
    this.#held.clear();
    this.#heldBytes = 0;
  }

  #hold(digest: string, built: Built): void {
    this.#drop(digest);
    this.#held.set(digest, built);
    this.#heldBytes += built.bytes.length;
    for (const oldest of this.#held.keys()) {
      if (this.#heldBytes <= this.#limits.memoryBytes) break;
      this.#drop(oldest);
    }
  }

  #drop(digest: string): void {
    this.#heldBytes -= this.#held.get(digest)?.bytes.length ?? 0;
    this.#held.delete(digest);
  }

  async #read(digest: string): Promise<Built | undefined> {
    if (!this.#limits.directory) return undefined;
    try {
      const built = decode(await readFile(join(this.#limits.directory, digest + suffix)));
      if (!built) this.#diskErrors++;
      return built;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#diskErrors++;
      return undefined;
    }
  }

  /** Written aside and renamed, so that a reader, or a crash, never meets half a file. */
  async #write(directory: string, digest: string, built: Built): Promise<void> {
    const aside = join(directory, `${digest}.${randomUUID()}.part`);
    try {
      await mkdir(directory, { recursive: true });
      await writeFile(aside, encode(built));
      await rename(aside, join(directory, digest + suffix));
      await prune(directory, this.#limits.files);
    } catch {
      this.#diskErrors++;
      await rm(aside, { force: true }).catch(() => undefined);
    }
  }
}

/** A line of JSON with the digest of the rest, and the rest: JSON, a line feed, the bytes. */
function encode({ bytes, ...facts }: Built): Buffer {
  const rest = Buffer.concat([Buffer.from(`${JSON.stringify(facts)}\n`), bytes]);
  return Buffer.concat([Buffer.from(`${digestOf(rest)}\n`), rest]);
}

/** Undefined for a file that is not whole. */
function decode(file: Buffer): Built | undefined {
  const rest = file.subarray(65);
  if (file.subarray(0, 65).toString('latin1') !== `${digestOf(rest)}\n`) return undefined;
  const end = rest.indexOf('\n');
  return { ...JSON.parse(rest.subarray(0, end).toString()), bytes: new Uint8Array(rest.subarray(end + 1)) };
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Removes the oldest files above `most`, and what a crash left half written an hour ago. */
async function prune(directory: string, most: number): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(suffix) || name.endsWith('.part'));
  if (names.length <= most) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(directory, name))).mtimeMs })),
  );
  aged.sort((a, b) => a.at - b.at);
  const doomed = aged
    .slice(0, names.length - most)
    .filter(({ name, at }) => name.endsWith(suffix) || at < Date.now() - 3_600_000);
  await Promise.all(doomed.map(({ name }) => rm(join(directory, name), { force: true })));
}
