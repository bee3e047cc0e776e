/** `npm run test:system`: the tests that `npm test` leaves out because they take long. */
import base, { system } from '../../jest.config.js';

// What takes half a minute takes several where the machine is busy.
export default { ...base, rootDir: '../..', testMatch: system, testTimeout: 600_000 };
