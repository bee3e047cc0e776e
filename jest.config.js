/** Node 24 strips the types itself, so there is no transform and stack lines are exact. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  testMatch: ['<rootDir>/(bin|lib|services|loadtest|scripts|test)/**/*.test.ts'],
  // Two cores: a worker each; tests that start an engine or a pool need the other one.
  maxWorkers: 2,
  // Long enough for a loaded machine; what may not take long has a deadline of its own.
  testTimeout: 120_000,
};
