/** Prints what a check found and sets the exit code: silence is not success, so it also says that all is well. */
export function report(check: string, faults: readonly string[]): void {
  for (const fault of faults) console.error(fault);
  console.error(faults.length === 0 ? `${check}: ok` : `${check}: ${faults.length} wrong`);
  if (faults.length > 0) process.exitCode = 1;
}
