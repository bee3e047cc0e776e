/** `npm run test:k8s`: apart from the other tests, since it needs the substrate that scripts/k8s-substrate.ts builds. */
export default {
  rootDir: '../..',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  testMatch: ['<rootDir>/test/sovereignty/**/*.k8s.ts'],
  globalSetup: '<rootDir>/test/sovereignty/global-setup.ts',
  globalTeardown: '<rootDir>/test/sovereignty/global-teardown.ts',
  reporters: ['default', '<rootDir>/test/sovereignty/summary-reporter.js'],
  maxWorkers: 1,
  // The waits of a test have deadlines of their own, which say what did not come about.
  testTimeout: 600_000,
};
