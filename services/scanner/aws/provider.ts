/** AWS as a provider: accounts and their credentials, regions, the types in resources/. */
import { codeOf, type ElavaError, elavaError } from '../../../lib/errors.ts';
import type { Unit } from '../../../lib/resource.ts';
import type { Runtime } from '../../../lib/runtime.ts';
import type { AuditPage, Provider } from '../provider.ts';
import { Api, type ApiOptions, type Place } from './api.ts';
import { AwsContext } from './context.ts';
import { AccountCredentials } from './credentials.ts';
import { isOurs } from './errors.ts';
import { type Partition, partitionOf, regions } from './regions.ts';
import { awsTypes } from './resources/index.ts';

interface Identity {
  readonly account: string;
  readonly arn: string;
}

export type AwsRuntime = Pick<Runtime, 'config' | 'clock' | 'metrics'>;
export type AwsOptions = Pick<ApiOptions, 'pauseMs' | 'random'>;

/** AWS, configured by `providers.aws`. */
export function awsProvider(runtime: AwsRuntime, options: AwsOptions = {}): Provider<AwsContext> {
  return new AwsProvider(runtime, options);
}

class AwsProvider implements Provider<AwsContext> {
  readonly name = 'aws';
  readonly types = awsTypes;
  readonly regions = regions;
  readonly #api: Api;
  readonly #partition: Partition;
  readonly #credentials: AccountCredentials;
  #own: Promise<Identity> | undefined;

  constructor({ config, clock, metrics }: AwsRuntime, options: AwsOptions) {
    const { aws } = config.providers;
    this.#partition = partitionOf(aws.regions[0]);
    this.#api = new Api({ clock, metrics, rate: aws.rate, timeoutMs: aws.timeout, units: aws.concurrency, ...options });
    this.#credentials = new AccountCredentials(this.#api, aws, { home: this.#partition.home, clock });
  }

  identify(signal: AbortSignal): Promise<Identity> {
    return this.#whoIs(this.#credentials.self(), signal);
  }

  async open(unit: Unit, signal: AbortSignal): Promise<AwsContext> {
    const region = unit.region === 'global' ? this.#partition.home : unit.region;
    const place = this.#credentials.place(unit.account, region);
    if (!this.#credentials.assumes(unit.account)) await this.#checkOwn(unit.account);
    return new AwsContext(this.#api, place, { ...unit, partition: partitionOf(region).id, signal });
  }

  async explain(error: unknown, unit: Unit, signal: AbortSignal): Promise<ElavaError> {
    const ours = isOurs(error) ? error : elavaError('INTERNAL', `the listing of ${unit.type} failed`, { cause: error });
    if (codeOf(ours) !== 'AWS_CREDENTIALS_INVALID' || unit.region === 'global') return ours;
    return (await this.#worksAtHome(unit, signal)) ? regionOff(unit, ours) : ours;
  }

  /** LookupEvents takes one attribute: either every call that is not a mere read, or those of one name. */
  async audit({ account, region, from, to, name, token }: AuditPage, signal: AbortSignal) {
    const place = this.#credentials.place(account, region === 'global' ? this.#partition.home : region);
    if (!this.#credentials.assumes(account)) await this.#checkOwn(account);
    const attribute = name === undefined ? { key: 'ReadOnly', value: 'false' } : { key: 'EventName', value: name };
    const { Events = [], NextToken } = await this.#api.call(
      place,
      ['cloudtrail', 'LookupEvents'],
      {
        LookupAttributes: [
          { AttributeKey: attribute.key as 'ReadOnly' | 'EventName', AttributeValue: attribute.value },
        ],
        StartTime: new Date(from),
        EndTime: new Date(to),
        MaxResults: 50,
        ...(token === undefined ? {} : { NextToken: token }),
      },
      signal,
    );
    return { records: Events.flatMap(({ CloudTrailEvent }) => CloudTrailEvent ?? []), next: NextToken };
  }

  close(): void {
    this.#api.close();
  }

  async #whoIs(place: Place, signal: AbortSignal): Promise<Identity> {
    const { Account, Arn } = await this.#api.call(place, ['sts', 'GetCallerIdentity'], {}, signal);
    if (!Account) throw elavaError('AWS_RESPONSE_INVALID', 'sts:GetCallerIdentity: the answer has no account in it');
    return { account: Account, arn: Arn ?? '' };
  }

  /** Resources must not be filed under an account that the credentials do not belong to. Asked once a process. */
  async #checkOwn(account: string): Promise<void> {
    this.#own ??= this.#whoIs(this.#credentials.self(), new AbortController().signal).catch((error: unknown) => {
      this.#own = undefined;
      throw error;
    });
    const caller = await this.#own;
    if (caller.account === account) return;
    throw elavaError(
      'AWS_CREDENTIALS_INVALID',
      `the credentials belong to account ${caller.account}, not ${account}; give it a role_arn`,
    );
  }

  /** A region that is not enabled calls good credentials unknown, so they are tried where they must be known. */
  async #worksAtHome({ account, region }: Unit, signal: AbortSignal): Promise<boolean> {
    const { home } = this.#partition;
    if (region === home) return false;
    return this.#whoIs(this.#credentials.place(account, home), signal).then(
      () => true,
      () => false,
    );
  }
}

function regionOff({ account, region }: Unit, cause: ElavaError): ElavaError {
  return elavaError('AWS_REGION_DISABLED', `region ${region} is not enabled for account ${account}`, { cause });
}
