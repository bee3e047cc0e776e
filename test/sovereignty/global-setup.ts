import { spawnSync } from 'node:child_process';
import { startSubstrate } from './substrate/substrate.ts';

export const ROOT_VARIABLE = 'ELAVA_TEST_K8S';

/** Builds what is missing, which takes minutes once and nothing afterwards. */
export default async function setup(): Promise<void> {
  const built = spawnSync(process.execPath, ['scripts/k8s-substrate.ts'], { stdio: 'inherit' });
  if (built.status !== 0) throw new Error('the substrate could not be built');
  const { root } = await startSubstrate({ gatekeeper: true, controllers: true });
  process.env[ROOT_VARIABLE] = root;
}
