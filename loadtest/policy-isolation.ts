/**
 * One noisy tenant and its neighbours: what the slowest hundredth of the others' answers comes to while it asks twenty
 * times a second, beside a quiet time of the same round. Through the HTTP server, with the limits that tenants have out of the box.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Seen } from './edge-generator.ts';
import { elavaServer, generate, requestsFor, tenantDirectory } from './edge-setup.ts';
import { median, type Scenario } from './scenario.ts';

const tenants = 20;
const connections = 4;
/** Of the noisy one: its questions are dear, not many. Many are for the rate limit. */
const noiseRate = 20;
/** Requests a second of the others, all together. */
const rate = 200;
/** Issue 5: others' p99 at most doubles. */
const limit = 2;
/** A new revision is not held in quarantine for what the last one did: the noise goes on. */
const revisionMs = 2000;

/** What the noisy tenant's only rule does, each of its kind. */
const noises: Readonly<Record<string, string>> = {
  'sprintf, huge width': `allow := sprintf("${'%999999d'.repeat(18)}", numbers.range(1, 18))`,
  'regex.split, backtracking':
    'allow := count(regex.split("^(0+)+$", concat("", [sprintf("%05000d", [0]), input.action])))',
  'endless comprehension':
    'allow := count([1 | some a in numbers.range(1, 3000); some b in numbers.range(1, 3000); a + b == -1])',
  'set of 200 MB': 'allow := count({s | some i in numbers.range(1, 200000); s := sprintf("%01000d", [i])})',
};

export const scenario: Scenario = {
  name: 'policy.isolation',
  peer: null,
  target: 1,
  unit: "× the others' quiet p99, worst of four noises",
  better: 'lower',
  async run({ rounds, scale }) {
    const directory = await tenantDirectory(tenants);
    await give(directory, 'allow := true', 0);
    const server = await elavaServer(directory, { 'tenants.concurrency': 256, 'tenants.rate': 5000 });
    const seconds = 4 * scale;
    const quiet: Seen[] = [];
    const noisy: Noisy[] = [];
    try {
      await others(server.port, 3);
      for (let round = 0; round < rounds; round++) {
        const before = await others(server.port, seconds);
        quiet.push(before);
        for (const [name, rule] of Object.entries(noises)) {
          noisy.push({ name, ...(await beside(server.port, { directory, rule, seconds })), quiet: before.p99 });
        }
      }
    } finally {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    }
    process.stderr.write(tableOf(quiet, noisy));
    const kinds = Object.keys(noises).length;
    const worst = quiet.map((_, round) =>
      Math.max(...noisy.slice(round * kinds, (round + 1) * kinds).map((one) => one.p99 / one.quiet)),
    );
    return { ours: worst, peer: worst.map(() => limit) };
  },
};

const unknown = { perSecond: Number.NaN };

interface Noisy extends Seen {
  readonly name: string;
  /** The others' p99 of the same round without the noise, milliseconds. */
  readonly quiet: number;
  /** Questions of the noisy tenant that were answered, well or not. */
  readonly noise: number;
}

function others(port: number, seconds: number): Promise<Seen> {
  return generate({ port, connections: 8, rate, seconds, requests: requestsFor(tenants) });
}

interface Noise {
  readonly directory: string;
  readonly rule: string;
  readonly seconds: number;
}

async function beside(port: number, { directory, rule, seconds }: Noise): Promise<Omit<Noisy, 'name' | 'quiet'>> {
  let revision = 0;
  await give(directory, rule, revision);
  const timer = setInterval(() => void give(directory, rule, ++revision), revisionMs);
  const requests = [{ path: '/v1/data/tenants/noisy/allow', body: JSON.stringify({ input: { action: '!' } }) }];
  // It begins before the others and ends after them.
  const noise = generate({ port, connections, rate: noiseRate, seconds: seconds + 2, requests });
  await new Promise((go) => setTimeout(go, 1000));
  const seen = await others(port, seconds);
  clearInterval(timer);
  // Its last questions may be made to wait; they are answered, or end with the server.
  const { perSecond } = await Promise.race([
    noise,
    new Promise<Pick<Seen, 'perSecond'>>((go) => setTimeout(go, 6000, unknown)),
  ]);
  await give(directory, 'allow := true', revision);
  return { ...seen, noise: perSecond };
}

/** The comment makes it a revision of its own. */
async function give(directory: string, rule: string, revision: number): Promise<void> {
  await mkdir(join(directory, 'noisy'), { recursive: true });
  const text = `package tenants.noisy\n\n# ${performance.now()} ${revision}\n${rule}\n`;
  await writeFile(join(directory, 'noisy', 'policy.rego'), text);
}

function tableOf(quiet: readonly Seen[], noisy: readonly Noisy[]): string {
  const row = (name: string, seen: readonly Seen[], ratio: string, noise: string): string =>
    `| ${name} | ${median(seen.map(({ p50 }) => p50)).toFixed(2)} | ${median(seen.map(({ p99 }) => p99)).toFixed(2)} | ${ratio} | ${Math.max(...seen.map(({ failed }) => failed))} | ${noise} |`;
  const rows = Object.keys(noises).map((name) => {
    const own = noisy.filter((one) => one.name === name);
    const ratio = median(own.map((one) => one.p99 / one.quiet)).toFixed(2);
    return row(name, own, ratio, median(own.map(({ noise }) => noise)).toFixed(1));
  });
  return [
    "| noise | others' p50 ms | others' p99 ms | × quiet | others' failures | noisy answers/s |",
    '|---|---|---|---|---|---|',
    row('none', quiet, '1', '–'),
    ...rows,
    '',
  ].join('\n');
}
