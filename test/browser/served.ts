/** `elava serve` on a directory of its own, which can go away and come back at the same address. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const deadlineMs = 120_000;

export class Served {
  readonly #data: string;
  #process: ChildProcess | undefined;
  #url = '';

  private constructor(data: string) {
    this.#data = data;
  }

  static async start(): Promise<Served> {
    const served = new Served(await mkdtemp(join(tmpdir(), 'elava-served-')));
    await served.begin();
    return served;
  }

  get url(): string {
    return this.#url;
  }

  /** At the address that it had, if it had one. */
  async begin(): Promise<void> {
    const port = this.#url === '' ? '0' : new URL(this.#url).port;
    this.#process = spawn(
      process.execPath,
      ['bin/cli/main.ts', 'serve', '--manual', '--port', port, '--data', this.#data],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    this.#process.stderr?.on('data', (text: Buffer) => {
      said += text.toString();
    });
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      const [, url] = /serves (http:\S+?)[\s(]/.exec(said) ?? [];
      if (url !== undefined) {
        this.#url = url;
        return;
      }
      if (this.#process.exitCode !== null || Date.now() > deadline) throw new Error(`serve does not serve: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async end(): Promise<void> {
    const running = this.#process;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    running.kill('SIGTERM');
    await once(running, 'exit');
  }

  async close(): Promise<void> {
    await this.end();
    await rm(this.#data, { recursive: true, force: true });
  }
}
