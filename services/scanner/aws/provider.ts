/** AWS as a provider: accounts and their credentials, regions, the types in resources/. */
import { codeOf, type ElavaError, elavaError } from '../../../lib/errors.ts';
import type { Unit } from '../../../lib/resource.ts';
import type { Runtime } from '../../../lib/runtime.ts';
import type { AccountInfo, AuditPage, MetricQuestion, MetricSeries, Probe, ProbePlace, Provider } from '../provider.ts';
import { Access } from './access.ts';
import { Accounts } from './accounts.ts';
import { Api, type ApiOptions, type Place } from './api.ts';
import { AwsContext } from './context.ts';
import { AccountCredentials } from './credentials.ts';
import { EnabledRegions } from './enabled-regions.ts';
import { type AwsErrorData, isOurs } from './errors.ts';
import { readMetrics } from './metrics.ts';
import { ProbeContext, probeOf, probeType } from './probe.ts';
import { allRegions, type Partition, partitionOf, regions } from './regions.ts';
import { awsTypes } from './resources/index.ts';

interface Identity {
  readonly account: string;
  readonly arn: string;
}

export type AwsRuntime = Pick<Runtime, 'config' | 'clock' | 'metrics'> & Partial<Pick<Runtime, 'log' | 'cluster'>>;
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
  readonly #aws: AwsRuntime['config']['providers']['aws'];
  readonly #partition: Partition;
  readonly #credentials: AccountCredentials;
  readonly #accounts: Accounts;
  readonly #enabled: EnabledRegions;
  #own: Promise<Identity> | undefined;

  constructor({ config, clock, metrics, log, cluster }: AwsRuntime, options: AwsOptions) {
    const { aws } = config.providers;
    this.#aws = aws;
    this.#partition = partitionOf(aws.regions.find((name) => name !== allRegions));
    const { home } = this.#partition;
    const own = async (): Promise<string> => (await this.#caller()).account;
    const access = new Access(aws, this.#partition.id);
    const api = new Api({
      clock,
      metrics,
      rate: aws.rate,
      timeoutMs: aws.timeout,
      units: aws.concurrency,
      shared: cluster?.budget,
      ...options,
    });
    this.#api = api;
    this.#credentials = new AccountCredentials(api, { access, sessionName: aws.session_name, home, clock, own });
    this.#accounts = new Accounts({ api, aws, access, clock, log, own, place: () => this.#organization() });
    const place = (account: string): Promise<Place> => this.#credentials.place(account, home);
    this.#enabled = new EnabledRegions({ api, clock, place, keepMs: aws.organization.refresh });
  }

  async identify(signal: AbortSignal, account?: string): Promise<Identity> {
    const self = account === undefined;
    return this.#whoIs(
      self ? this.#credentials.self() : await this.#credentials.place(account, this.#partition.home),
      signal,
    );
  }

  accounts(): Promise<readonly AccountInfo[]> {
    return this.#accounts.list();
  }

  async regionsOf(account: string, signal: AbortSignal) {
    return this.#aws.regions.includes(allRegions)
      ? this.regionsThere(account, signal)
      : { on: this.#aws.regions, off: [] };
  }

  async regionsThere(account: string, signal: AbortSignal) {
    const { enabled, off } = await this.#enabled.of(account, signal);
    return { on: enabled, off };
  }

  async open(unit: Unit, signal: AbortSignal, heard?: () => void): Promise<AwsContext> {
    const context = await this.#context(AwsContext, unit, signal);
    context.heard = heard;
    return context;
  }

  async probe({ account, region, types }: ProbePlace, signal: AbortSignal): Promise<readonly Probe[]> {
    const probed = types.map(async (name) => {
      const type = this.types.get(name);
      if (!type) return [probeOf(name, name, elavaError('TYPE_UNKNOWN', `there is no resource type ${name}`))];
      const unit = { account, region, type: name };
      const explain = (error: unknown): Promise<ElavaError> => this.explain(error, unit, signal);
      try {
        return await probeType(type, await this.#context(ProbeContext, unit, signal), explain);
      } catch (error) {
        return [probeOf(name, type.service, await explain(error))];
      }
    });
    return (await Promise.all(probed)).flat();
  }

  async clockSkew(signal: AbortSignal): Promise<number> {
    return this.#api.clockSkew(this.#credentials.self(), signal);
  }

  /** A region that is off calls good credentials unknown; a suspended account merely refuses its role. */
  async explain(error: unknown, unit: Unit, signal: AbortSignal): Promise<ElavaError> {
    const ours = isOurs(error) ? error : elavaError('INTERNAL', `the listing of ${unit.type} failed`, { cause: error });
    const code = codeOf(ours);
    if (code === 'AWS_ACCESS_DENIED' && apiOf(ours) === 'sts:AssumeRole') {
      return (await this.#accounts.isSuspended(unit.account)) ? suspended(unit, ours) : ours;
    }
    if (code !== 'AWS_CREDENTIALS_INVALID' || unit.region === 'global') return ours;
    return (await this.#worksAtHome(unit, signal)) ? regionOff(unit, ours) : ours;
  }

  async metrics(question: MetricQuestion, signal: AbortSignal): Promise<MetricSeries[]> {
    return readMetrics(this.#api, await this.#enter(question.account, question.region), question, signal);
  }

  /** LookupEvents takes one attribute: either every call that is not a mere read, or those of one name. */
  async audit({ account, region, from, to, name, token }: AuditPage, signal: AbortSignal) {
    const place = await this.#enter(account, region === 'global' ? this.#partition.home : region);
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

  async #context<C>(
    Made: new (
      api: Api,
      place: Place,
      unit: { account: string; region: string; partition: string; signal: AbortSignal },
    ) => C,
    { account, region }: Unit,
    signal: AbortSignal,
  ): Promise<C> {
    const where = region === 'global' ? this.#partition.home : region;
    const place = await this.#enter(account, where);
    return new Made(this.#api, place, { account, region, partition: partitionOf(where).id, signal });
  }

  /** Resources must not be filed under an account that the credentials do not belong to. */
  async #enter(account: string, region: string): Promise<Place> {
    const { assumes, ...place } = await this.#credentials.place(account, region);
    if (assumes) return place;
    const caller = await this.#caller();
    if (caller.account === account) return place;
    throw elavaError(
      'AWS_CREDENTIALS_INVALID',
      `the credentials belong to account ${caller.account}, not ${account}; give it a role_arn`,
    );
  }

  /** Asked once a process; a failure is not remembered. Whoever gives up waiting does not end it for the others. */
  #caller(): Promise<Identity> {
    this.#own ??= this.#whoIs(this.#credentials.self(), AbortSignal.timeout(IDENTITY_MS)).catch((error: unknown) => {
      this.#own = undefined;
      throw error;
    });
    return this.#own;
  }

  #organization(): Place {
    const { role_arn: role, external_id: externalId } = this.#aws.organization;
    return role === ''
      ? this.#credentials.self()
      : this.#credentials.placeOf(role.split(':')[4] ?? '', { role, externalId });
  }

  /** A region that is not enabled calls good credentials unknown, so they are tried where they must be known. */
  async #worksAtHome({ account, region }: Unit, signal: AbortSignal): Promise<boolean> {
    const { home } = this.#partition;
    if (region === home) return false;
    const tried = async (): Promise<Identity> => this.#whoIs(await this.#credentials.place(account, home), signal);
    return tried().then(
      () => true,
      () => false,
    );
  }
}

/** As `identify` of the contract allows. */
const IDENTITY_MS = 30_000;

function apiOf(error: ElavaError): string {
  return (error.data as Partial<AwsErrorData> | undefined)?.api ?? '';
}

function suspended({ account }: Unit, cause: ElavaError): ElavaError {
  return elavaError('AWS_ACCOUNT_SUSPENDED', `account ${account} is suspended in its organisation`, { cause });
}

function regionOff({ account, region }: Unit, cause: ElavaError): ElavaError {
  return elavaError('AWS_REGION_DISABLED', `region ${region} is not enabled for account ${account}`, { cause });
}
