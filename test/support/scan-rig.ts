/** A simulated AWS, a real memory and the scanner between them, for the tests of scans. */
import type { Config } from '../../lib/config/schema.ts';
import type { Coverage, Unit } from '../../lib/resource.ts';
import { type Simulator, startSimulator } from '../../loadtest/aws/server/simulator.ts';
import type { World } from '../../loadtest/aws/world/world.ts';
import { awsProvider } from '../../services/scanner/aws/provider.ts';
import type { Provider } from '../../services/scanner/provider.ts';
import { scanUnit } from '../../services/scanner/scan.ts';
import { awsConfig, testParts } from '../../services/scanner/testing.ts';
import { ScanMemory } from './scan-memory.ts';

type Aws = Config['providers']['aws'];

export class ScanRig {
  readonly world: World;
  readonly simulator: Simulator;
  readonly memory: ScanMemory;
  readonly #environment = { ...process.env };
  #provider: Provider | undefined;
  #scans = 0;

  static async start(world: World): Promise<ScanRig> {
    const [simulator, memory] = await Promise.all([startSimulator({ world }), ScanMemory.open()]);
    return new ScanRig(world, simulator, memory);
  }

  private constructor(world: World, simulator: Simulator, memory: ScanMemory) {
    this.world = world;
    this.simulator = simulator;
    this.memory = memory;
    this.pointTo(simulator.endpoint);
  }

  /** Where the SDK sends its calls, with whose keys. */
  pointTo(endpoint: string, keys = this.simulator.credentials()): void {
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    });
  }

  get provider(): Provider {
    if (!this.#provider) throw new Error('begin() first');
    return this.#provider;
  }

  /** An empty memory and a provider of its own: the first account is the caller's, the others are reached by a role. */
  async begin(changes: Partial<Aws> = {}): Promise<void> {
    this.end();
    await this.memory.reset();
    const accounts = this.world.accounts.map(({ id, name }, i) => ({
      id,
      name,
      external_id: 'shared',
      environment: '',
      role_arn: i === 0 ? '' : `arn:aws:iam::${id}:role/elava`,
    }));
    const aws = awsConfig({ accounts, regions: [...this.world.options.regions], ...changes });
    this.#provider = awsProvider({ config: { providers: { aws } } as never, ...testParts() }, { pauseMs: 5 });
  }

  scan(unit: Unit, signal = new AbortController().signal, timeoutMs = 60_000): Promise<Coverage> {
    const job = { scan: `scan-${++this.#scans}`, unit };
    const { provider, memory } = this;
    return scanUnit(job, { ...testParts(), provider, memory, timeoutMs }, signal);
  }

  /** Every unit of the world, so many at once. */
  async scanAll(atOnce = 24): Promise<Coverage[]> {
    const units = [...this.world.units()].map(({ account, region, type }) => ({ account: account.id, region, type }));
    const rows: Coverage[] = [];
    const worker = async (): Promise<void> => {
      for (let unit = units.shift(); unit; unit = units.shift()) rows.push(await this.scan(unit));
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return rows;
  }

  /** The unit of a type in the caller's own account. */
  own(type: string, region = 'us-east-1'): Unit {
    return { account: this.world.accounts[0]?.id ?? '', region, type };
  }

  /** Ends what a test began, faults too. */
  end(): void {
    this.simulator.faults.clear();
    this.#provider?.close();
    this.#provider = undefined;
  }

  async close(): Promise<void> {
    this.end();
    await Promise.all([this.simulator.close(), this.memory.close()]);
    process.env = this.#environment;
  }
}
