/** What the benches of the memory share: the service on a directory of its own, a bare client beside it, an estate. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../lib/broker.ts';
import { ChdbConnection } from '../lib/clickhouse/chdb-connection.ts';
import { loadNative } from '../lib/clickhouse/native.ts';
import { SessionPool } from '../lib/clickhouse/session-pool.ts';
import { Store } from '../lib/clickhouse/store.ts';
import { loadConfig } from '../lib/config/load.ts';
import { type Client, clientOf } from '../lib/contract.ts';
import type { Resource, Unit } from '../lib/resource.ts';
import { historyContract } from '../services/history/history.contract.ts';
import history from '../services/history/history.service.ts';

export interface Bench {
  readonly history: Client<typeof historyContract>;
  /** The client on the same engine, without the service. */
  readonly bare: Store;
  close(): Promise<void>;
}

/**
 * The engine counts its own work, merges too, towards whoever caused it: `settle` waits until none is under way. A
 * directory that is given stays.
 */
export async function openBench(kept?: string): Promise<Bench> {
  const dir = kept ?? (await mkdtemp(path.join(os.tmpdir(), 'elava-bench-')));
  const { config } = loadConfig({ env: {} });
  const storage = { ...config.storage, path: dir };
  const broker = new ServiceBroker(brokerOptions({ ...config, storage, log: { level: 'warn' } }));
  broker.createService(history);
  await broker.start();
  const pool = await SessionPool.open(
    loadNative(),
    {
      dir: path.join(dir, 'engine'),
      args: [`--config-file=${path.join(dir, 'engine.xml')}`],
      sessions: 2,
      maxWaiting: 100,
      timeoutMs: 600_000,
      base: { output_format_json_quote_64bit_integers: 1 },
    },
    [`USE \`${storage.database}\``],
  );
  const client = createClient({ connection: new ChdbConnection(pool, dir), log: { level: ClickHouseLogLevel.OFF } });
  const bare = new Store({ client, kind: 'embedded', database: storage.database });
  return {
    history: clientOf(historyContract, broker),
    bare,
    async close() {
      await bare.close();
      await broker.stop();
      if (kept === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}

export async function settle({ bare }: Bench): Promise<void> {
  for (let i = 0; i < 600; i += 1) {
    const [row] = await bare.rows<{ n: string }>('SELECT count() AS n FROM system.merges');
    if (Number(row?.n) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** How many of something were done for each second of this process's CPU time. */
export async function cpuRate(bench: Bench, work: () => Promise<number>): Promise<number> {
  await settle(bench);
  globalThis.gc?.();
  const start = process.cpuUsage();
  const count = await work();
  await settle(bench);
  const { user, system } = process.cpuUsage(start);
  return count / ((user + system) / 1e6);
}

const hex = (seed: number): string => ((seed * 2654435761) >>> 0).toString(16).padStart(8, '0');
const environments = ['prod', 'staging', 'dev'] as const;

/** An instance of about 1.5 kB of JSON whose state and launch template differ from round to round. */
export function instance(unit: Unit, n: number, round: number): Resource & Record<string, unknown> {
  const id = `i-${hex(n)}${hex(n + 7).slice(0, 9)}`;
  const status = (n + round) % 3 === 0 ? 'stopped' : 'running';
  const env = environments[n % 3] ?? 'prod';
  const encrypted = n % 4 !== 0;
  const arn = `arn:aws:ec2:${unit.region}:${unit.account}`;
  return {
    id: `${arn}:instance/${id}`,
    provider: 'aws',
    ...unit,
    name: `${env}-web-${n % 977}`,
    status,
    tags: { Name: `web-${n}`, env, team: `team-${n % 60}`, 'cost-center': String(1000 + (n % 300)) },
    created_at: new Date(1_700_000_000_000 + n * 1000).toISOString(),
    refs: [`${arn}:security-group/sg-${hex(n % 900)}`],
    instance_type: 'm7g.large',
    encrypted,
    public_ip: n % 5 === 0 ? `54.${n % 255}.${round % 255}.1` : '',
    metadata: {
      ...answer(unit, n, round),
      InstanceId: id,
      State: { Name: status },
      encrypted,
      instance_type: 'm7g.large',
    },
  };
}

/** What the API says besides. */
function answer({ region }: Unit, n: number, round: number): Record<string, unknown> {
  const ebs = { VolumeId: `vol-${hex(n + 3)}`, DeleteOnTermination: true, Status: 'attached' };
  return {
    ImageId: `ami-${hex(n % 40)}`,
    InstanceType: 'm7g.large',
    PrivateDnsName: `ip-10-0-${n % 255}-${n % 250}.${region}.compute.internal`,
    VpcId: `vpc-${hex(n % 30)}`,
    SubnetId: `subnet-${hex(n % 200)}`,
    SecurityGroups: [{ GroupId: `sg-${hex(n % 900)}`, GroupName: `web-${n % 900}` }],
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: ebs }],
    LaunchTemplate: { Id: `lt-${hex(n % 50)}`, Version: String(round) },
    Placement: { AvailabilityZone: `${region}a`, Tenancy: 'default', GroupName: '' },
    Monitoring: { State: 'disabled' },
    MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 2 },
    CpuOptions: { CoreCount: 2, ThreadsPerCore: 1 },
    Architecture: 'arm64',
    Hypervisor: 'xen',
    RootDeviceType: 'ebs',
    VirtualizationType: 'hvm',
  };
}

/** 16 hex digits that differ for each resource and round. */
export function roundHash(n: number, round: number): string {
  return ((BigInt(n + 1) * 11400714819323198485n + BigInt(round) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn)
    .toString(16)
    .padStart(16, '0');
}
