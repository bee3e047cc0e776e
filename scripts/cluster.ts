/**
 * `npm run cluster`: NATS, the store and eight role processes on this machine, the demo over them, and a clean end. Fetches
 * nats-server when it is missing. `-- --keep` leaves it running until Ctrl-C and says how to reach it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LocalCluster, type RoleOptions } from './cluster-processes.ts';
import { number, options } from './options.ts';

const regions = ['us-east-1', 'eu-west-1'];
const processes: readonly { name: string; roles: readonly string[]; more?: RoleOptions }[] = [
  { name: 'history', roles: ['history'] },
  { name: 'scanner us-east-1', roles: ['scanner'], more: { args: ['--region', 'us-east-1'] } },
  { name: 'scanner eu-west-1', roles: ['scanner'], more: { args: ['--region', 'eu-west-1'] } },
  { name: 'policy', roles: ['policy'] },
  { name: 'attribution', roles: ['attribution', 'notifier', 'reconciler'] },
  { name: 'analyzer', roles: ['analyzer'] },
  { name: 'orchestrator', roles: ['orchestrator'], more: { args: ['--manual'] } },
  // Tenants are answered where their bundles are; judging the estate would take the time from them.
  {
    name: 'gateway',
    roles: ['policy', 'tenants', 'events', 'gateway'],
    more: { env: { ELAVA_POLICIES_JUDGE: 'false' } },
  },
];

const { resources, flags } = options(
  {
    command: 'npm run cluster --',
    about: 'Runs Elava as eight processes over NATS on a simulated AWS, and the demo over them.',
    flags: { keep: 'leave it running until Ctrl-C, and say how to reach it' },
  },
  { resources: number(5000, 'of the simulated AWS', 1) },
);

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function demo(cluster: LocalCluster): Promise<number> {
  const story = fileURLToPath(new URL('../bin/cli/demo/story.ts', import.meta.url));
  const told = { data: cluster.dir, endpoint: cluster.endpoint, days: 1, serve: false, port: 0 };
  const child = spawn(process.execPath, [story, JSON.stringify(told)], { stdio: 'inherit', env: cluster.env });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

async function memoryOf(cluster: LocalCluster): Promise<string> {
  const lines = await Promise.all(
    [...cluster.parts.values()]
      .filter(({ url }) => url !== '')
      .map(async ({ name, url }) => {
        const text = await (await fetch(`${url}/metrics`)).text();
        const bytes = Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1] ?? 0);
        return `  ${name.padEnd(20)} ${(bytes / 2 ** 20).toFixed(0).padStart(5)} MiB`;
      }),
  );
  return lines.join('\n');
}

/** Says how to reach it, and waits for Ctrl-C. */
async function stay({ env, parts }: LocalCluster): Promise<void> {
  const reach = ['ELAVA_NATS_SERVERS', 'ELAVA_CONFIG'].map((name) => `${name}=${env[name]}`);
  const [gateway = ''] = /http:\S+/.exec(parts.get('gateway')?.said() ?? '') ?? [];
  say(`\nReach it with: ${reach.join(' ')} npx elava resources`);
  say(`Try: npx node examples/moleculer-client.mjs ${env.ELAVA_NATS_SERVERS}`);
  say(`     npx node examples/rest-client.mjs ${gateway}\nCtrl-C ends it.`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}

async function run(): Promise<number> {
  const startTime = new Date(Date.now() - 86_400_000).toISOString();
  const size = { accounts: 3, regions, resources, simulator: ['--start', startTime] };
  const begun = performance.now();
  const seconds = (): string => ((performance.now() - begun) / 1000).toFixed(1);
  say('Starting NATS, the store and a simulated AWS …');
  const cluster = await LocalCluster.start(size);
  let code = 1;
  try {
    for (const { name, roles, more } of processes) await cluster.role(name, roles, more);
    await Promise.all(processes.map(({ name }) => cluster.ready(name)));
    say(`${processes.length} processes serve after ${seconds()} s.`);
    code = await demo(cluster);
    if (code !== 0)
      for (const { name, said } of cluster.parts.values()) if (said() !== '') say(`\n── ${name}\n${said()}`);
    say(`\nResident memory:\n${await memoryOf(cluster)}`);
    if (flags.has('keep')) await stay(cluster);
  } finally {
    const unclean = await cluster.close();
    if (unclean.length > 0) {
      say(`These did not end cleanly: ${unclean.join(', ')}`);
      code = 1;
    }
  }
  say(`All of it took ${seconds()} s; nothing is left behind.`);
  return code;
}

process.exitCode = await run();
