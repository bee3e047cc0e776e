/** `npm run test:system`: the tests that `npm test` leaves out because they take long. */
import base, { system } from '../../jest.config.js';

export default { ...base, rootDir: '../..', testMatch: system };
