/** Keeps the sources of the last bundle that was good, so that a restart with broken ones serves it. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sources } from './sources.ts';

export class LastGood {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Undefined when there is none, or what is there cannot be read. */
  async read(): Promise<Sources | undefined> {
    try {
      const kept = JSON.parse(await readFile(this.#file(), 'utf8')) as Partial<Sources>;
      return kept.files && kept.data ? { files: kept.files, data: kept.data, tests: [], errors: [] } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Written aside and renamed. That it cannot be kept is no reason not to serve it. */
  async write({ files, data }: Sources): Promise<boolean> {
    const aside = join(this.#directory, `last-good.${randomUUID()}.part`);
    try {
      await mkdir(this.#directory, { recursive: true });
      await writeFile(aside, JSON.stringify({ files, data }));
      await rename(aside, this.#file());
      return true;
    } catch {
      await rm(aside, { force: true });
      return false;
    }
  }

  #file(): string {
    return join(this.#directory, 'last-good.json');
  }
}
