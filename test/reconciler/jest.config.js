/** The suite that kills processes: minutes, so it is one of its own (`npm run test:crash`). */
export default {
  rootDir: '../..',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  testMatch: ['<rootDir>/test/reconciler/*.crash.ts'],
  maxWorkers: 1,
  testTimeout: 300_000,
};
