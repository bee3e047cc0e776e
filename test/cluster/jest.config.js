/**
 * `npm run test:cluster`: what needs a nats-server (it is fetched), and the memory's own tests over the network against the
 * engine behind HTTP.
 */
import base from '../../jest.config.js';

export default {
  ...base,
  rootDir: '../..',
  globals: { storeOverHttp: true },
  testMatch: [
    '<rootDir>/test/cluster/*.nats.ts',
    '<rootDir>/services/history/*.test.ts',
    '<rootDir>/lib/clickhouse/{migrate,table}.test.ts',
  ],
  // They kill the process that holds the directory, or open it themselves.
  testPathIgnorePatterns: ['/crash.test.ts$', '/disk-full.test.ts$'],
};
