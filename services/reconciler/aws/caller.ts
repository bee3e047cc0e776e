/** Clients for actions: a role for each class of action, one attempt a call, no retries of any kind. */
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsCredentialIdentity } from '@smithy/types';
import type { Config } from '../../../lib/config/schema.ts';
import { elavaError } from '../../../lib/errors.ts';
import type { Clock } from '../../../lib/time.ts';
import type { RoleClass } from '../action.ts';
import type { Send } from './calls.ts';
import { callError } from './errors.ts';
import { type ServiceName, services } from './services.ts';

export interface CallerOptions {
  readonly aws: Config['providers']['aws'];
  /** ARN of the roles, with {account} and {class}; "": the account's own role, or the caller's credentials. */
  readonly role: string;
  readonly clock: Clock;
}
export interface Where {
  readonly account: string;
  /** "global" for types without one. */
  readonly region: string;
  readonly role: RoleClass;
}

interface Client {
  send(command: object, options: { abortSignal: AbortSignal }): Promise<unknown>;
  destroy(): void;
}
interface Session {
  readonly identity: AwsCredentialIdentity;
  readonly until: number;
}

const EARLY_MS = 5 * 60_000;
/** What global services are called in; other partitions have one region for them as well. */
const HOME = 'us-east-1';

export class Caller {
  readonly #options: CallerOptions;
  readonly #handler = new NodeHttpHandler({ connectionTimeout: 5000 });
  readonly #clients = new Map<string, Promise<{ client: Client; module: Readonly<Record<string, unknown>> }>>();
  readonly #sessions = new Map<string, Session>();

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /** Calls with the role of the class in the resource's account and region. */
  at(where: Where, signal: AbortSignal): Send {
    return (async (api: readonly [ServiceName, string], input: object) =>
      await this.#call(where, api, { input, signal })) as unknown as Send;
  }

  close(): void {
    for (const made of this.#clients.values()) made.then(({ client }) => client.destroy()).catch(() => undefined);
    this.#clients.clear();
    this.#handler.destroy();
  }

  async #call(where: Where, [service, operation]: readonly [ServiceName, string], made: Made): Promise<unknown> {
    try {
      const { client, module } = await this.#client(service, where, made.signal);
      const command = module[`${operation}Command`] as new (input: object) => object;
      const timed = AbortSignal.any([made.signal, AbortSignal.timeout(this.#options.aws.timeout)]);
      return await client.send(new command(made.input), { abortSignal: timed });
    } catch (error) {
      throw callError(error, `${service}:${operation}`);
    }
  }

  async #client(service: ServiceName, { account, region, role }: Where, signal: AbortSignal) {
    const arn = this.#roleArn(account, role);
    const place = region === 'global' ? HOME : region;
    const identity = arn === '' ? undefined : await this.#assume(arn, account, signal);
    const key = `${service} ${place} ${identity?.accessKeyId ?? account}`;
    const known = this.#clients.get(key);
    if (known) return known;
    const made = this.#make(service, place, identity);
    this.#clients.set(key, made);
    return made;
  }

  #roleArn(account: string, role: RoleClass): string {
    const { aws, role: pattern } = this.#options;
    if (pattern !== '') return pattern.replaceAll('{account}', account).replaceAll('{class}', role);
    return aws.accounts.find(({ id }) => id === account)?.role_arn ?? '';
  }

  async #make(service: ServiceName, region: string, identity: AwsCredentialIdentity | undefined) {
    const { load, client } = services[service];
    const module = (await load()) as unknown as Record<string, unknown>;
    const made = new (module[client] as new (config: object) => Client)({
      region,
      maxAttempts: 1,
      requestHandler: this.#handler,
      ...(identity ? { credentials: identity } : {}),
      ...(service === 's3' ? { forcePathStyle: true } : {}),
    });
    return { client: made, module };
  }

  async #assume(arn: string, account: string, signal: AbortSignal): Promise<AwsCredentialIdentity> {
    const { clock, aws } = this.#options;
    const held = this.#sessions.get(arn);
    if (held && held.until - EARLY_MS > clock.now()) return held.identity;
    const { client, module } = await this.#make('sts', aws.regions[0] ?? HOME, undefined);
    const external = aws.accounts.find(({ id }) => id === account)?.external_id ?? '';
    const command = module['AssumeRoleCommand'] as new (input: object) => object;
    const input = {
      RoleArn: arn,
      RoleSessionName: `${aws.session_name}-act`,
      ...(external === '' ? {} : { ExternalId: external }),
    };
    const identity = identityOf(await client.send(new command(input), { abortSignal: signal }), arn);
    this.#sessions.set(arn, { identity, until: identity.expiration.getTime() });
    return identity;
  }
}

interface Made {
  readonly input: object;
  readonly signal: AbortSignal;
}

function identityOf(answer: unknown, arn: string): AwsCredentialIdentity & { readonly expiration: Date } {
  const { Credentials = {} } = answer as {
    Credentials?: { AccessKeyId?: string; SecretAccessKey?: string; SessionToken?: string; Expiration?: Date };
  };
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials;
  if (!AccessKeyId || !SecretAccessKey || !Expiration) {
    throw elavaError('AWS_RESPONSE_INVALID', `sts:AssumeRole of ${arn} gave no credentials`);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken ? { sessionToken: SessionToken } : {}),
    expiration: Expiration,
  };
}
