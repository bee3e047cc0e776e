/** What one tenant's questions may use. */
export interface QueryLimits {
  /** For each question. */
  readonly deadlineMs: number;
  readonly memoryBytes: number;
  /** Threads that the tenant may use at once; never all of them, whatever it says. 0: all but one. */
  readonly concurrency: number;
}
