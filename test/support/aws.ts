/** A simulated AWS for a test, and the environment and settings that lead the command line to it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Simulator, startSimulator } from '../../loadtest/aws/server/simulator.ts';
import { createWorld, type World } from '../../loadtest/aws/world/world.ts';

const regions = ['us-east-1', 'eu-west-1'];

export interface Aws extends AsyncDisposable {
  readonly world: World;
  readonly simulator: Simulator;
  readonly env: Readonly<Record<string, string>>;
}

export async function simulatedAws(resources: number, accounts = 1): Promise<Aws> {
  const startTime = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  const world = createWorld({ seed: 7, accounts, regions, resources, startTime });
  const simulator = await startSimulator({ world, port: 0 });
  const { accessKeyId, secretAccessKey } = simulator.credentials();
  return {
    world,
    simulator,
    env: {
      AWS_ENDPOINT_URL: simulator.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: 'us-east-1',
    },
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}

/** Writes elava.yaml for the world's accounts and regions; `more` is laid over it. */
export async function configure(cwd: string, { world }: Pick<Aws, 'world'>, more: object = {}): Promise<void> {
  const accounts = world.accounts.map(({ id, name }) => ({ id, name, role_arn: `arn:aws:iam::${id}:role/elava-read` }));
  const config = {
    providers: { aws: { regions: [...regions], accounts, rate: 1 } },
    storage: { path: './data' },
    ...more,
  };
  await writeFile(join(cwd, 'elava.yaml'), stringify(config));
}
