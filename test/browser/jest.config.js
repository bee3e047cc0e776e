/** Real pages in a real browser; apart from `npm test`, for it needs Chromium. */
export default {
  rootDir: '../..',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  testMatch: ['<rootDir>/test/browser/*.browser.ts'],
  globalSetup: '<rootDir>/test/browser/global-setup.ts',
  globalTeardown: '<rootDir>/test/browser/global-teardown.ts',
  // One browser and one server on two cores.
  maxWorkers: 1,
  testTimeout: 60_000,
};
