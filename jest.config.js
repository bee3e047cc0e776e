/**
 * What starts the command line, kills processes or takes half a minute: `npm run test:system`, so that `npm test` stays
 * under five minutes.
 */
export const system = [
  '**/test/cli/*.test.ts',
  '**/test/{bench,drift,orchestrator,runner}.test.ts',
  '**/test/reconciler/apply.test.ts',
  '**/services/policy/isolation.test.ts',
  '**/services/history/{crash,replay,retention}.test.ts',
];

/** Node 24 strips the types itself, so there is no transform and stack lines are exact. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  testMatch: [
    '<rootDir>/(bin|lib|services|loadtest|scripts|test)/**/*.test.ts',
    ...system.map((pattern) => `!${pattern}`),
  ],
  // Two cores: a worker each; tests that start an engine or a pool need the other one.
  maxWorkers: 2,
  // Long enough for a loaded machine; what may not take long has a deadline of its own.
  testTimeout: 300_000,
};
