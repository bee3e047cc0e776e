import { ROOT_VARIABLE } from './global-setup.ts';
import { stopSubstrate } from './substrate/substrate.ts';

export default function teardown(): void {
  const root = process.env[ROOT_VARIABLE];
  if (root !== undefined) stopSubstrate(root);
}
