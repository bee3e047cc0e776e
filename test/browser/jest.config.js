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
  // The tutorial starts a dozen processes, the telephone opens a dozen pages: minutes, where the machine is busy.
  testTimeout: 300_000,
};
