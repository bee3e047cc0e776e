/** What the compiler is asked and what it answers. The Go side is scripts/rego-compiler/protocol.go. */
import type { Diagnostic } from '../policy.contract.ts';
import type { PolicyExports } from './policy-exports.ts';

/** One Rego source. `path` is what diagnostics name, and it is part of the compiled bytes: use short relative ones. */
export interface RegoFile {
  readonly path: string;
  readonly text: string;
}

/** A set of policies that are compiled together, Rego v1 and v0 mixed. */
export interface PolicySet {
  readonly files: readonly RegoFile[];
  /**
   * The only functions that the policies may call, operators aside; a call to another is `rego_type_error: undefined
   * function`. Absent: all of OPA's, which for a build means also those that no host supplies.
   */
  readonly builtins?: readonly string[];
  /** JSON schema of `input`. A reference to a field that it does not have is then a type error. */
  readonly inputSchema?: object;
  /** OPA's strict mode: unused variables and imports are errors. */
  readonly strict?: boolean;
  /** The document under `data`, beside the policies. It may not overlap with a package. Not part of a build. */
  readonly data?: object;
}

export interface BuildRequest extends PolicySet {
  /** Paths such as `elava/waste/decision`; entrypoints declared by annotations are added. At least one in all. */
  readonly entrypoints: readonly string[];
  /** Level of partial evaluation, default 0. Higher ones were not faster to evaluate, only slower to build. */
  readonly optimize?: 0 | 1 | 2;
  /** Leaves out rules of the entrypoint's package that the entrypoint does not use. */
  readonly pruneUnused?: boolean;
  /** Keeps print statements; they are erased otherwise. */
  readonly print?: boolean;
}

export interface TestRequest extends PolicySet {
  /** Regular expression (RE2) that a test's full name, `data.package.test_name`, must match. */
  readonly filter?: string;
  /** Runs each test three times, as OPA does to tell why a line was not covered. */
  readonly coverage?: boolean;
}

export interface FormatRequest {
  readonly files: readonly RegoFile[];
  /** Writes v0 files as v1. */
  readonly upgrade?: boolean;
}

export interface EvalRequest extends PolicySet {
  /** Such as `data.elava.waste.decision`. */
  readonly query: string;
  /** The query runs once for each; without any it runs once with `input` undefined. */
  readonly inputs?: readonly unknown[];
  /** What `time.now_ns` gives, nanoseconds since 1970; the time of the call when absent. */
  readonly nowNs?: bigint;
}

export type RuleKind = 'complete' | 'set' | 'object' | 'function';

/** OPA's metadata annotation as it is written: title, description, custom and so on. */
export type Annotation = Readonly<Record<string, unknown>>;

export interface RegoRule {
  /** Name within the package; one name may come several times. */
  readonly name: string;
  readonly kind: RuleKind;
  readonly default?: boolean;
  readonly row: number;
  readonly annotations?: readonly Annotation[];
}

export interface RegoModule {
  readonly file: string;
  /** With `data.` in front. */
  readonly package: string;
  /** What the file was parsed as; v0 only where it is not v1. */
  readonly regoVersion: 'v0' | 'v1';
  readonly rules: readonly RegoRule[];
  /** Of the package. */
  readonly annotations?: readonly Annotation[];
}

export interface RegoDiagnostic extends Diagnostic {
  /** OPA's further lines: the source line and a caret below it, or what was given and what was wanted. */
  readonly details?: readonly string[];
}

/** The sources have errors. `modules` has the files that could be parsed. */
export interface Failed {
  readonly ok: false;
  readonly errors: readonly RegoDiagnostic[];
  readonly modules: readonly RegoModule[];
}
type OrFailed<T> = ({ readonly ok: true; readonly modules: readonly RegoModule[] } & T) | Failed;

export type CheckResult = OrFailed<{
  /** Functions that the policies call, operators among them under their names (`plus`, `eq`). */
  readonly builtins: readonly string[];
}>;

export type BuildResult = OrFailed<
  {
    /** SHA-256, hexadecimal, of all that went into the build: equal digests have equal bytes. */
    readonly digest: string;
    /** The caller's own copy. */
    readonly wasm: Uint8Array<ArrayBuffer>;
  } & PolicyExports
>;

export type PlanResult = OrFailed<{
  readonly digest: string;
  /** OPA's intermediate representation, JSON text in UTF-8. */
  readonly plan: Uint8Array<ArrayBuffer>;
}>;

export interface TestOutcome {
  readonly package: string;
  readonly name: string;
  readonly outcome: 'pass' | 'fail' | 'skip' | 'error';
  readonly file: string;
  readonly row: number;
  readonly micros: number;
  /** The expression of the test that was not true; absent when the failure has no place in the test's own body. */
  readonly failedAt?: { readonly file: string; readonly row: number; readonly col: number; readonly text: string };
  /** Of a test written as `test_x[case] if …`. */
  readonly cases?: ReadonlyArray<{ readonly name: readonly string[]; readonly passed: boolean }>;
  /** What it printed. */
  readonly output?: string;
  readonly error?: RegoDiagnostic;
}

export interface CoverageRange {
  readonly start: { readonly row: number };
  readonly end: { readonly row: number };
}
/** As `opa test --coverage --format json` prints it; percentages from 0 to 100. */
export interface CoverageReport {
  readonly coverage: number;
  readonly covered_lines: number;
  readonly not_covered_lines: number;
  readonly files: Readonly<
    Record<
      string,
      {
        readonly coverage?: number;
        readonly covered?: readonly CoverageRange[];
        readonly not_covered?: readonly CoverageRange[];
      }
    >
  >;
}

export type TestRun = OrFailed<{ readonly tests: readonly TestOutcome[]; readonly coverage?: CoverageReport }>;

export type FormatResult = OrFailed<{ readonly files: readonly RegoFile[] }>;

export interface Evaluation {
  /** The query's value, once for each way to satisfy it; empty when undefined. Integers above 2^53 are rounded. */
  readonly values: readonly unknown[];
  readonly output?: string;
  readonly error?: RegoDiagnostic;
}
/** One evaluation for each input, in order. One that failed has `error`; the others stand. */
export type EvalResult = OrFailed<{ readonly evaluations: readonly Evaluation[] }>;

export interface ExplainRequest extends Omit<EvalRequest, 'inputs'> {
  readonly inputs: readonly unknown[];
}

/** What references and variables stood for, by their text. A value of more than 2,000 bytes is given as `{bytes}`. */
export interface Values {
  readonly known: Readonly<Record<string, unknown>>;
  readonly undefined?: readonly string[];
}

/** The condition at which a rule came furthest without holding. */
export interface MissedCondition {
  readonly row: number;
  readonly col: number;
  readonly text: string;
  /** Conditions before it, which were true. */
  readonly met: number;
  /** Conditions of the rule. */
  readonly of: number;
  readonly values: Values;
  /** Rules and functions that the condition refers to. */
  readonly calls?: ReadonlyArray<{ readonly file: string; readonly row: number }>;
}

/** What became of one rule as written. It may have held for some values and missed for others. */
export interface RuleTrace {
  /** With `data.` in front. */
  readonly package: string;
  readonly name: string;
  readonly file: string;
  readonly row: number;
  /** How often it held. */
  readonly times: number;
  /** With which values, the first five times. */
  readonly held?: readonly Values[];
  readonly missed?: MissedCondition;
}

export interface Explanation extends Evaluation {
  /** Every rule that was looked at, in the order of files and lines. */
  readonly rules: readonly RuleTrace[];
}
export type ExplainResult = OrFailed<{ readonly explanations: readonly Explanation[] }>;

export interface BuiltinFunction {
  readonly name: string;
  /** The operator, for what is one. */
  readonly infix?: string;
  readonly deprecated?: boolean;
  readonly nondeterministic?: boolean;
}

export interface CompilerVersion {
  readonly opa: string;
  readonly go: string;
  /** Digest of the compiler itself. */
  readonly sha256: string;
}
