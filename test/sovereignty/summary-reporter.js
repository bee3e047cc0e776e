/** Ends the run with the one line that every runner's output is read for, after what the other reporters print. */
export default class SummaryReporter {
  onRunComplete(_, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    process.on('exit', () => process.stdout.write(`\n${numPassedTests} passed, ${failed} failed\n`));
  }
}
