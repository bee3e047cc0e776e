/** Serves a simulated AWS until SIGTERM or SIGINT: `node loadtest/aws/main.ts --accounts 3 --resources 5000`. */
import { parseArgs } from 'node:util';
import { startSimulator } from './server/simulator.ts';
import { type ResourceType, resourceTypes } from './world/estate.ts';
import { createWorld } from './world/world.ts';

const usage = `usage: main.ts [options]
  --port N         port on 127.0.0.1 (default 4566; 0 takes a free one)
  --seed N         another seed, another estate (default 1)
  --accounts N     accounts of the organisation (default 3)
  --regions A,B    regions that have resources (default us-east-1,eu-west-1)
  --resources N    resources in all (default 5000)
  --types A,B      the types that it has, or all (default: the first nine)
  --giant TYPE=N   the first account has so many of a type in the first region
  --start INSTANT  where the estate's clock starts, ISO 8601 (default: now, to the hour)
  --limits         enforce AWS's request rates
`;

interface Settings {
  readonly port: number;
  readonly seed: number;
  readonly accounts: number;
  readonly resources: number;
  readonly regions: readonly string[];
  readonly types?: 'all' | readonly ResourceType[];
  readonly giant?: { readonly type: ResourceType; readonly resources: number };
  readonly startTime: number;
  readonly limits: boolean;
}

/** Throws with the name of an option that is wrong. */
function readSettings(args: readonly string[]): Settings {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: text,
      seed: text,
      accounts: text,
      regions: text,
      types: text,
      resources: text,
      giant: text,
      start: text,
      limits: { type: 'boolean' },
    },
  });
  const startTime =
    values.start === undefined ? Math.floor(Date.now() / 3_600_000) * 3_600_000 : Date.parse(values.start);
  if (Number.isNaN(startTime)) throw new Error('--start must be an ISO 8601 instant');
  return {
    port: wholeNumber('port', values.port, 4566),
    seed: wholeNumber('seed', values.seed, 1),
    accounts: wholeNumber('accounts', values.accounts, 3),
    resources: wholeNumber('resources', values.resources, 5000),
    regions: (values.regions ?? 'us-east-1,eu-west-1').split(','),
    ...(values.types === undefined ? {} : { types: readTypes(values.types) }),
    ...(values.giant === undefined ? {} : { giant: readGiant(values.giant) }),
    startTime,
    limits: values.limits ?? false,
  };
}

function readTypes(text: string): 'all' | ResourceType[] {
  if (text === 'all') return 'all';
  return text.split(',').map((name) => readType('types', name));
}

function readType(option: string, name: string): ResourceType {
  const found = resourceTypes.find((type) => type === name);
  if (!found) throw new Error(`--${option} has no ${name}; there are ${resourceTypes.join(', ')}`);
  return found;
}

function readGiant(text: string): { type: ResourceType; resources: number } {
  const [type = '', resources = ''] = text.split('=');
  return { type: readType('giant', type), resources: wholeNumber('giant', resources, 0) };
}

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d+$/.test(text)) throw new Error(`--${name} must be a whole number`);
  return Number(text);
}

async function main(): Promise<void> {
  const { port, limits, ...estate } = readSettings(process.argv.slice(2));
  const simulator = await startSimulator({ world: createWorld(estate), port, ...(limits ? { limits: 'aws' } : {}) });
  const { accessKeyId, secretAccessKey } = simulator.credentials();
  process.stdout.write(
    `AWS_ENDPOINT_URL=${simulator.endpoint} AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_REGION=${estate.regions[0]}\n`,
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.close());
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 2;
}
