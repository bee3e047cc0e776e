/** A reconciler on the real memory, policies and wire, against a simulated AWS, with a clock of its own. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '../../lib/broker.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { type Client, clientOf } from '../../lib/contract.ts';
import { createLogger } from '../../lib/log.ts';
import { runtimeOf } from '../../lib/runtime.ts';
import { type Simulator, startSimulator } from '../../loadtest/aws/server/simulator.ts';
import type { ResourceType } from '../../loadtest/aws/world/estate.ts';
import { createWorld, type Expected, type World } from '../../loadtest/aws/world/world.ts';
import { historyContract } from '../../services/history/history.contract.ts';
import historyService from '../../services/history/history.service.ts';
import notifierService from '../../services/notifier/notifier.service.ts';
import { policyContract } from '../../services/policy/policy.contract.ts';
import policyService from '../../services/policy/policy.service.ts';
import { reconcilerContract } from '../../services/reconciler/reconciler.contract.ts';
import reconcilerService from '../../services/reconciler/reconciler.service.ts';
import { scannerContract } from '../../services/scanner/scanner.contract.ts';
import scannerService from '../../services/scanner/scanner.service.ts';

const region = 'us-east-1';
export const DAY = 86_400_000;

/** A tag on a resource says what is asked for it, so that a test says it by changing the world. */
const policy = `package elava.remediation

asked contains action if {
	some kind, text in input.resource.tags
	startswith(kind, "want:")
	action := object.union(json.unmarshal(text), {"type": substring(kind, 5, -1), "reason": "its tag asks for it"})
}

deny contains "its tag denies it" if input.resource.tags["deny"] == "yes"

flag contains "flagged" if input.resource.tags["flag"] == "yes"
`;

export interface Rig extends AsyncDisposable {
  readonly world: World;
  readonly simulator: Simulator;
  readonly broker: ServiceBroker;
  readonly history: Client<typeof historyContract>;
  readonly reconciler: Client<typeof reconcilerContract>;
  readonly account: string;
  readonly policies: string;
  /** Lets time pass for the reconciler and for the world. */
  pass(ms: number): void;
  /** Scans and judges the types. */
  look(...types: readonly ResourceType[]): Promise<void>;
  /** Resources of a type that fit. */
  some(type: ResourceType, fits?: (one: Expected) => boolean): Expected[];
  /** Says what is asked for a resource. */
  want(arn: string, action: string, params?: object): void;
  /** Calls that changed something, the failed ones too. */
  calls(): string[];
}

export interface RigOptions {
  readonly resources?: Partial<Record<ResourceType, number>>;
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly types?: readonly ResourceType[];
}

const usual: Partial<Record<ResourceType, number>> = {
  ec2: 20,
  ebs: 30,
  snapshot: 6,
  security_group: 10,
  s3: 8,
  rds: 6,
};

/** Without canary, windows and protections, which a test switches on when it is about them. */
const open = {
  'policies.enforcement_mode': 'enforce',
  'reconciler.canary.share': 1,
  'reconciler.limits.share': 1,
  'reconciler.protect.kinds': [],
};

export async function rig({ resources = usual, flags = {} }: RigOptions = {}): Promise<Rig> {
  const startTime = Date.parse('2026-11-23T10:00:00Z');
  const world = createWorld({ seed: 5, accounts: 1, regions: [region], resources: resources as never, startTime });
  const simulator = await startSimulator({ world });
  const data = await mkdtemp(join(tmpdir(), 'elava-reconciler-'));
  const policies = join(data, 'policies');
  await mkdir(policies);
  await writeFile(join(policies, 'remediation.rego'), policy);
  const { accessKeyId, secretAccessKey } = simulator.credentials();
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: simulator.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
  const account = world.accounts[0]?.id ?? '';
  const environment = { policies: ['remediation'], strict_mode: false };
  const { config } = loadConfig({
    env: {},
    cwd: '/',
    flags: {
      'storage.path': join(data, 'store'),
      'providers.aws.regions': [region],
      'providers.aws.accounts': [{ id: account, name: 'one', role_arn: `arn:aws:iam::${account}:role/elava-read` }],
      'providers.aws.rate': 1,
      'policies.path': policies,
      'policies.workers': 1,
      environments: { dev: environment, staging: environment, prod: environment, default: environment },
      ...open,
      ...flags,
    },
  });
  let now = startTime;
  const broker = new ServiceBroker(
    brokerOptions(config, {
      log: createLogger({ level: process.env['RIG_LOG'] ?? 'silent' }),
      clock: { now: () => now },
    }),
  );
  for (const service of [historyService, scannerService, policyService, notifierService, reconcilerService]) {
    broker.createService(service);
  }
  await broker.start();
  const scanner = clientOf(scannerContract, broker);
  let scans = 0;
  return {
    world,
    simulator,
    broker,
    account,
    policies,
    history: clientOf(historyContract, broker),
    reconciler: clientOf(reconcilerContract, broker),
    pass(ms) {
      now += ms;
      world.advance(ms);
    },
    async look(...types) {
      now += 1000;
      for (const type of types) {
        const unit = { account, region: type === 'iam_role' ? 'global' : region, type };
        await scanner.scan({ scan: `look-${(scans += 1)}`, unit });
      }
      await clientOf(policyContract, broker).judge({ all: true });
    },
    some: (type, fits = () => true) => [...world.expected({ type })].filter((one) => !one.awsOwned && fits(one)),
    want(arn, action, params = {}) {
      world.mutate({ do: 'tag', arn, tags: { [`want:${action}`]: JSON.stringify(params) } });
    },
    calls: () =>
      simulator.ledger.report().mutations.map(({ action, error }) => (error === '' ? action : `${action} ${error}`)),
    async [Symbol.asyncDispose]() {
      await broker.stop();
      await runtimeOf(broker).jobs.close();
      await simulator.close();
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
      await rm(data, { recursive: true, force: true });
    },
  };
}
