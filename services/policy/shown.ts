/** What people look at of the policies: their sources, and how their tests go. Nothing of it is in the way of judging. */
import type { Config } from '../../lib/config/schema.ts';
import { suppliedBuiltins } from './builtins/index.ts';
import { policySource } from './bundles/source.ts';
import { RegoCompiler } from './compiler/compiler.ts';
import type { CoverageReport } from './compiler/requests.ts';
import { policyDirectory } from './engine.ts';
import type { TestsRun } from './shown.schema.ts';
import type { Sources } from './sources.ts';

/** The tests of one set of sources are run once; the last result is kept. */
export class ShownPolicies {
  readonly #config: Config;
  readonly #stopping = new AbortController();
  #last: { readonly key: string; readonly run: Promise<TestsRun> } | undefined;

  constructor(config: Config) {
    this.#config = config;
  }

  /** Errors: POLICY_LOAD. */
  async sources(): Promise<{ files: { path: string; text: string; test: boolean }[] }> {
    const { files, tests } = await this.#read();
    const all = [
      ...files.map(({ path, text }) => ({ path, text, test: false })),
      ...tests.map(({ path, text }) => ({ path, text, test: true })),
    ];
    return { files: all.toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
  }

  /** Errors: POLICY_LOAD; sources that do not compile are told in `errors`. */
  async tests(): Promise<TestsRun> {
    const sources = await this.#read();
    const key = JSON.stringify([sources.files, sources.tests, sources.data]);
    if (this.#last?.key !== key) this.#last = { key, run: runTests(sources) };
    const { run } = this.#last;
    run.catch(() => {
      this.#last = undefined;
    });
    return run;
  }

  close(): void {
    this.#stopping.abort();
  }

  #read(): Promise<Sources> {
    const { path, bundle } = this.#config.policies;
    const { keys, token, poll, timeout } = bundle;
    const source = policySource(policyDirectory(path), { keys, token, pollMs: poll, timeoutMs: timeout });
    return source.read(this.#stopping.signal);
  }
}

async function runTests({ files, tests, data }: Sources): Promise<TestsRun> {
  const compiler = new RegoCompiler();
  try {
    const ran = await compiler.test({ files: [...files, ...tests], data, builtins: suppliedBuiltins, coverage: true });
    if (!ran.ok) return { tests: [], errors: [...ran.errors], covered: {} };
    const shown = ran.tests.map(({ package: name, name: test, outcome, file, row, micros, failedAt }) => ({
      package: name,
      name: test,
      outcome,
      file,
      row,
      micros,
      detail: failedAt ? `${failedAt.file}:${failedAt.row}: ${failedAt.text}` : '',
    }));
    return { tests: shown, errors: [], covered: coveredOf(ran.coverage) };
  } finally {
    await compiler.close();
  }
}

function coveredOf(report: CoverageReport | undefined): Record<string, number> {
  return Object.fromEntries(
    Object.entries(report?.files ?? {}).map(([file, { coverage, not_covered }]) => [
      file,
      coverage ?? (not_covered?.length ? 0 : 100),
    ]),
  );
}
