/** The calls that a scan makes, to be made again by the stock SDK with nothing done with the answers. */
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { AwsContext } from '../services/scanner/aws/context.ts';
import { type ServiceName, services } from '../services/scanner/aws/services.ts';
import { atOnce, awsSettings, fourAtOnce, type SimulatedAws } from './scan-setup.ts';

interface Call {
  readonly account: string;
  readonly region: string;
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: object;
}
export interface Recording {
  /** What the scan came to. */
  readonly resources: number;
  readonly calls: readonly Call[];
}

/** What the scan calls, in its order; the estate stands still, so that tokens hold. */
export async function record(scan: () => Promise<number>): Promise<Recording> {
  const calls: Call[] = [];
  const prototype = AwsContext.prototype as unknown as {
    call: (...asked: [ServiceName, string, object]) => Promise<unknown>;
  };
  const call = Reflect.get<typeof prototype, 'call'>(prototype, 'call');
  prototype.call = function (this: AwsContext, ...asked) {
    const [service, operation, input] = asked;
    // Types without a region are called in their partition's home.
    const region = this.region === 'global' ? 'us-east-1' : this.region;
    calls.push({ account: this.account, region, service, operation, input });
    return call.apply(this, asked);
  };
  try {
    return { resources: await scan(), calls };
  } finally {
    prototype.call = call;
  }
}

type Sends = { send(command: object): Promise<unknown> };
type Loaded = Readonly<Record<string, new (input: object) => object>>;

/** Stock clients, one for each account, region and service, as their documentation makes them. */
export class StockClients {
  readonly #clients = new Map<string, { client: Sends; commands: Loaded }>();
  readonly #credentials = new Map<string, object>();

  static async make(aws: SimulatedAws, { calls }: Recording): Promise<StockClients> {
    const made = new StockClients();
    await made.#assume(aws);
    for (const call of calls) await made.#load(call);
    return made;
  }

  /** Makes the calls again: pages one after the other, eight details side by side, of four operations at once. */
  async replay({ calls, resources }: Recording): Promise<number> {
    const groups = Map.groupBy(calls, ({ account, region, operation }) => `${account} ${region} ${operation}`);
    await fourAtOnce([...groups.values()], (group) =>
      atOnce(isPaged(group) ? 1 : 8, group, (call) => this.#send(call)),
    );
    return resources;
  }

  /** S3 says with an error that something is not configured. */
  async #send(call: Call): Promise<number> {
    const { client, commands } = this.#clients.get(keyOf(call)) as { client: Sends; commands: Loaded };
    const command = commands[`${call.operation}Command`];
    if (command) await client.send(new command(call.input)).catch(() => undefined);
    return 1;
  }

  async #assume(aws: SimulatedAws): Promise<void> {
    const sts = new STSClient({ region: 'us-east-1' });
    for (const { id, role_arn } of awsSettings(aws).accounts) {
      if (role_arn === '') continue;
      const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: role_arn, RoleSessionName: 'bench' }));
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
      this.#credentials.set(id, {
        credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
      });
    }
  }

  async #load(call: Call): Promise<void> {
    if (this.#clients.has(keyOf(call))) return;
    const { load, client } = services[call.service];
    const commands = (await load()) as unknown as Loaded;
    const Client = commands[client] as unknown as new (config: object) => Sends;
    const { region, account } = call;
    const config = { region, forcePathStyle: true, useQueueUrlAsEndpoint: false, ...this.#credentials.get(account) };
    this.#clients.set(keyOf(call), { client: new Client(config), commands });
  }
}

function keyOf({ account, region, service }: Call): string {
  return `${account} ${region} ${service}`;
}

/** Each page needs the token of the one before. */
function isPaged(calls: readonly Call[]): boolean {
  return calls.some(({ input }) => Object.keys(input).some((key) => /token|marker/i.test(key)));
}
