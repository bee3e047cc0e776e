/** AWS as a provider: accounts and their credentials, regions, the types in resources/. */
import { codeOf, type ElavaError, elavaError } from '../../../lib/errors.ts';
import type { Unit } from '../../../lib/resource.ts';
import type { Runtime } from '../../../lib/runtime.ts';
import type { Provider } from '../provider.ts';
import { Api } from './api.ts';
import { AwsContext } from './context.ts';
import { AccountCredentials } from './credentials.ts';
import { awsError } from './errors.ts';
import { partitionOf, regions } from './regions.ts';
import { awsTypes } from './resources/index.ts';

interface Identity {
  readonly account: string;
  readonly arn: string;
}

/** AWS, configured by `providers.aws`. */
export function awsProvider({
  config,
  clock,
  metrics,
}: Pick<Runtime, 'config' | 'clock' | 'metrics'>): Provider<AwsContext> {
  const { aws } = config.providers;
  const partition = partitionOf(aws.regions[0]);
  const api = new Api({ clock, metrics, rate: aws.rate, timeoutMs: aws.timeout });
  const credentials = new AccountCredentials(api, aws, { home: partition.home, clock });
  let own: Promise<Identity> | undefined;

  const whoAmI = async (
    place = credentials.self(),
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Identity> => {
    const { Account, Arn } = await api.call(place, ['sts', 'GetCallerIdentity'], {}, signal);
    if (!Account) throw elavaError('AWS_RESPONSE_INVALID', 'sts:GetCallerIdentity: the answer has no account in it');
    return { account: Account, arn: Arn ?? '' };
  };

  /** Resources must not be filed under an account that the credentials do not belong to. Asked once a process. */
  const checkOwn = async (account: string): Promise<void> => {
    own ??= whoAmI();
    own.catch(() => {
      own = undefined;
    });
    const caller = await own;
    if (caller.account === account) return;
    throw elavaError(
      'AWS_CREDENTIALS_INVALID',
      `the credentials belong to account ${caller.account}, not ${account}; give it a role_arn`,
    );
  };

  return {
    name: 'aws',
    types: awsTypes,
    regions,
    identify: (signal) => whoAmI(credentials.self(), signal),
    async open(unit, signal) {
      const region = unit.region === 'global' ? partition.home : unit.region;
      const place = credentials.place(unit.account, region);
      if (!credentials.assumes(unit.account)) await checkOwn(unit.account);
      return new AwsContext(api, place, { ...unit, partition: partitionOf(region).id, signal });
    },
    async explain(error, unit, signal) {
      const ours = awsError(error, `scan of ${unit.type}`);
      if (codeOf(ours) !== 'AWS_CREDENTIALS_INVALID' || unit.region === 'global') return ours;
      return (await works(unit, signal)) ? regionOff(unit, ours) : ours;
    },
    close: () => api.close(),
  };

  /** A region that is not enabled calls good credentials unknown, so they are tried where they must be known. */
  async function works(unit: Unit, signal: AbortSignal): Promise<boolean> {
    try {
      await whoAmI(credentials.place(unit.account, partition.home), signal);
      return unit.region !== partition.home;
    } catch {
      return false;
    }
  }
}

function regionOff({ account, region }: Unit, cause: ElavaError): ElavaError {
  return elavaError('AWS_REGION_DISABLED', `region ${region} is not enabled for account ${account}`, { cause });
}
