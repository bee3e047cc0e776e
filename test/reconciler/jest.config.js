/** The suites that take minutes: whole estates, a week of time, the command line (`.whole.ts`), and killed processes (`.crash.ts`). */
export default {
  rootDir: '../..',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  testMatch: ['<rootDir>/test/reconciler/*.crash.ts', '<rootDir>/test/reconciler/*.whole.ts'],
  maxWorkers: 1,
  testTimeout: 600_000,
};
