/** What takes the cloud: clock, credentials, accounts, regions, and the permissions of each type, tried for real. */
import { nearest } from '../../../lib/config/nearest.ts';
import { elavaError, messageOf } from '../../../lib/errors.ts';
import { formatDuration } from '../../../lib/time.ts';
import type { AccountInfo, Probe, Provider } from '../../../services/scanner/provider.ts';
import { type Check, fail, failed, ok, skip, warn } from './check.ts';

export interface CloudScope {
  /** Resource types; none: all. */
  readonly types: readonly string[];
  /** Accounts to try, by id or name; none: all, as far as `MOST` goes. */
  readonly accounts: readonly string[];
  /** Where permissions are tried; none: the first region that is read. */
  readonly region: string | undefined;
  readonly signal: AbortSignal;
}

/** Accounts that are entered; whoever has more names those that are in doubt. */
const MOST = 100;
const AT_ONCE = 8;
/** Signatures are refused beyond five minutes; what drifts this far will get there. */
const SKEW_WARN_MS = 60_000;
const SKEW_FAIL_MS = 5 * 60_000;

/** Stops at what makes the rest useless: without a clock, credentials or accounts nothing else can be told. */
export async function checkCloud(provider: Provider, scope: CloudScope): Promise<Check[]> {
  const checks = [await checkClock(provider, scope.signal), await checkCredentials(provider, scope.signal)];
  if (checks.at(-1)?.state === 'fail') return [...checks, ...unseen('accounts')];
  const { accounts, found } = await findAccounts(provider, scope);
  checks.push(...found);
  if (accounts.length === 0) return [...checks, ...unseen('entered')];
  const entered = await enterAll(provider, accounts, scope.signal);
  checks.push(...entered.checks);
  if (!entered.first) return [...checks, ...unseen('regions')];
  const regions = await checkRegions(provider, entered.first, scope);
  checks.push(...regions.checks);
  if (!regions.first) return [...checks, ...unseen('permissions')];
  return [...checks, ...(await checkPermissions(provider, { account: entered.first, region: regions.first }, scope))];
}

const order = ['accounts', 'entered', 'regions', 'permissions'];
/** What comes after a check that failed. */
function unseen(from: string): Check[] {
  return order.slice(order.indexOf(from)).map((check) => skip(check, 'not looked at: see what failed above'));
}

async function checkClock(provider: Provider, signal: AbortSignal): Promise<Check> {
  try {
    const ms = await provider.clockSkew(signal);
    // The answer's header has whole seconds.
    const off = Math.abs(ms) < 1000 ? 0 : Math.abs(ms);
    const said =
      off === 0
        ? 'agrees with the provider'
        : `${formatDuration(Math.round(off / 1000) * 1000)} ${ms > 0 ? 'behind' : 'ahead of'} the provider`;
    const next = 'Set the clock of this machine (NTP); signatures are refused beyond five minutes.';
    if (off >= SKEW_FAIL_MS) return failed('clock', { code: 'AWS_CREDENTIALS_INVALID', detail: said }, { next });
    return off >= SKEW_WARN_MS ? warn('clock', said, { next }) : ok('clock', said);
  } catch {
    // Whatever it was, the credentials meet it too.
    return skip('clock', 'the provider does not tell the time: see credentials');
  }
}

async function checkCredentials(provider: Provider, signal: AbortSignal): Promise<Check> {
  try {
    const { account, arn } = await provider.identify(signal);
    return ok('credentials', `${arn || 'somebody'} of account ${account}`);
  } catch (error) {
    return fail('credentials', error);
  }
}

async function findAccounts(
  provider: Provider,
  { accounts: asked }: CloudScope,
): Promise<{ accounts: AccountInfo[]; found: Check[] }> {
  try {
    const all = await provider.accounts();
    const unknown = asked.find((name) => !all.some(({ id, name: called }) => name === id || name === called));
    if (unknown !== undefined) throw elavaError('ACCOUNT_UNKNOWN', `there is no account ${unknown}`);
    const wanted = all.filter(({ id, name }) => asked.length === 0 || asked.includes(id) || asked.includes(name));
    const active = wanted.filter(({ state }) => state === 'active');
    const gone = wanted.filter(({ state }) => state === 'suspended').map(({ id }) => id);
    const found = [ok('accounts', `${active.length} to read`)];
    if (gone.length > 0) {
      const next =
        'Nothing: they are told and not read. To have them out of sight: providers.aws.organization.exclude.';
      found.push(warn('accounts', `${gone.length} suspended: ${some(gone)}`, { next }));
    }
    if (active.length > MOST)
      found.push(
        warn('accounts', `only the first ${MOST} are entered`, { next: 'Name those that are in doubt: --account.' }),
      );
    return { accounts: active.slice(0, MOST), found };
  } catch (error) {
    return { accounts: [], found: [fail('accounts', error)] };
  }
}

/** Who we are in each account; those that refuse are told one by one. */
async function enterAll(provider: Provider, accounts: readonly AccountInfo[], signal: AbortSignal) {
  const refused: Check[] = [];
  const entered: AccountInfo[] = [];
  let at = 0;
  const worker = async (): Promise<void> => {
    while (at < accounts.length) {
      const account = accounts[at++] as AccountInfo;
      const of = account.name === '' ? account.id : `${account.id} ${account.name}`;
      try {
        await provider.identify(signal, account.id);
        entered.push(account);
      } catch (error) {
        const role = account.role === '' ? '' : ` (${account.role})`;
        refused.push(fail('entered', elavaErrorWith(error, role), { of }));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const first = accounts.find((account) => entered.includes(account));
  const said = `${entered.length} of ${accounts.length} accounts`;
  const told = entered.length === 0 ? [] : [(refused.length === 0 ? ok : warn)('entered', said)];
  return { checks: [...told, ...refused.sort((a, b) => (a.of < b.of ? -1 : 1))], first };
}

function elavaErrorWith(error: unknown, more: string): unknown {
  return Object.assign(new Error(`${messageOf(error)}${more}`), { type: (error as { type?: string }).type });
}

/** Whether the regions that are to be read are there and enabled, in the first account that was entered. */
async function checkRegions(provider: Provider, { id }: AccountInfo, { region, signal }: CloudScope) {
  try {
    const [{ on: there }, { on: wanted }] = [
      await provider.regionsThere(id, signal),
      await provider.regionsOf(id, signal),
    ];
    const asked = region === undefined ? wanted : [region];
    const off = asked.filter((name) => !there.includes(name));
    const on = asked.filter((name) => there.includes(name));
    const told =
      on.length === 0 ? [] : [ok('regions', `${some(on)} ${on.length === 1 ? 'is' : 'are'} enabled`, { of: id })];
    const wrong = off.map((name) =>
      failed(
        'regions',
        provider.regions.includes(name)
          ? { code: 'AWS_REGION_DISABLED', detail: `${name} is not enabled in ${id}` }
          : {
              code: 'REGION_UNKNOWN',
              detail: `there is no region ${name}; did you mean ${nearest(name, provider.regions)}?`,
            },
        { of: name },
      ),
    );
    return { checks: [...told, ...wrong], first: on[0] };
  } catch (error) {
    // Scans of listed regions do not need that permission: the permissions themselves can still be tried.
    const { on } = await provider.regionsOf(id, signal).catch(() => ({ on: [] as readonly string[] }));
    return { checks: [fail('regions', error, { of: id })], first: region ?? on[0] };
  }
}

async function checkPermissions(
  provider: Provider,
  { account, region }: { account: AccountInfo; region: string },
  { types, signal }: CloudScope,
): Promise<Check[]> {
  const wanted = [...provider.types.values()].filter(({ type, shallow }) =>
    types.length === 0 ? !shallow : types.includes(type),
  );
  const tried = await Promise.all(
    [true, false].map((global) =>
      provider.probe(
        {
          account: account.id,
          region: global ? 'global' : region,
          types: wanted.filter((type) => type.global === global).map(({ type }) => type),
        },
        signal,
      ),
    ),
  );
  const calls = Map.groupBy(tried.flat(), ({ type }) => type);
  const checks = wanted.map(({ type, actions }) => checkType(type, actions, calls.get(type) ?? []));
  const wrong = checks.filter(({ state }) => state !== 'ok');
  const unknown = types.filter((name) => !provider.types.has(name)).map(unknownType);
  const said = `${checks.length - wrong.length} of ${checks.length} types can be read in ${account.id}, ${region}`;
  return [...unknown, (wrong.length === 0 ? ok : warn)('permissions', said), ...wrong];
}

function unknownType(name: string): Check {
  return failed('permissions', { code: 'TYPE_UNKNOWN', detail: `there is no resource type ${name}` }, { of: name });
}

/** A type is read whole when all of its calls are let through. */
export function checkType(type: string, actions: readonly string[], calls: readonly Probe[]): Check {
  const refused = calls.filter(({ error }) => error !== '');
  const [first] = refused;
  if (!first) return ok('permissions', `${calls.length} calls`, { of: type });
  const more =
    refused.length > 1
      ? `; and ${refused
          .slice(1)
          .map(({ api }) => api)
          .join(', ')}`
      : '';
  const denied = first.error === 'AWS_ACCESS_DENIED';
  const next = denied ? `Allow the role ${actions.join(', ')} (deploy/iam).` : undefined;
  return failed(
    'permissions',
    { code: first.error, detail: `${first.detail}${more}` },
    { of: type, ...(next ? { next } : {}) },
  );
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
