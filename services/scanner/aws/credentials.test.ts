import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../../../loadtest/aws/server/simulator.ts';
import { createWorld } from '../../../loadtest/aws/world/world.ts';
import { awsConfig, testParts } from '../testing.ts';
import { Access } from './access.ts';
import { Api } from './api.ts';
import { AccountCredentials } from './credentials.ts';

const environment = { ...process.env };
const signal = new AbortController().signal;
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    world: createWorld({ accounts: 3, regions: ['us-east-1', 'eu-west-1'], resources: 50 }),
  });
  const { accessKeyId, secretAccessKey } = simulator.credentials();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: simulator.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
});
afterAll(async () => {
  await simulator.close();
  process.env = environment;
});

const idOf = (index: number): string => simulator.world.accounts[index]?.id ?? '';

function begin(now: () => number = Date.now, role = `arn:aws:iam::${idOf(1)}:role/reader`) {
  const { metrics } = testParts();
  const clock = { now };
  const api = new Api({ clock, metrics, rate: 100, timeoutMs: 5000, pauseMs: 1 });
  const account = { id: idOf(1), name: '', role_arn: role, external_id: 'shared', environment: '' };
  const aws = awsConfig({ accounts: [{ ...account, id: idOf(0), role_arn: '' }, account], session_name: 'nightly' });
  const access = new Access(aws, 'aws');
  const options = { access, sessionName: aws.session_name, home: 'us-east-1', clock, own: async () => idOf(0) };
  return { api, credentials: new AccountCredentials(api, options) };
}

const who = (api: Api, place: Parameters<Api['call']>[0]) => api.call(place, ['sts', 'GetCallerIdentity'], {}, signal);
const calls = (action: string): number =>
  simulator.ledger.report().counts.reduce((sum, count) => sum + (count.action === action ? count.calls : 0), 0);

describe('an account with a role', () => {
  test("is read as that role, by the session's name", async () => {
    const { api, credentials } = begin();
    const { Arn, Account } = await who(api, await credentials.place(idOf(1), 'eu-west-1'));
    expect({ Arn, Account }).toEqual({ Arn: `arn:aws:sts::${idOf(1)}:assumed-role/reader/nightly`, Account: idOf(1) });
    api.close();
  });

  test('is asked for credentials once, however many calls and regions there are', async () => {
    const { api, credentials } = begin();
    simulator.ledger.clear();
    const regions = ['us-east-1', 'eu-west-1'];
    await Promise.all(
      regions.flatMap((region) => [1, 2, 3].map(async () => who(api, await credentials.place(idOf(1), region)))),
    );
    expect(calls('sts:GetCallerIdentity')).toBe(6);
    expect(calls('sts:AssumeRole')).toBe(1);
    api.close();
  });

  test('gets new ones before they expire', async () => {
    let now = Date.now();
    const { api, credentials } = begin(() => now);
    const { provide } = (await credentials.place(idOf(1), 'us-east-1')).credentials;
    const first = await provide?.();
    expect(await provide?.()).toBe(first);
    now += 56 * 60_000;
    simulator.ledger.clear();
    const later = await Promise.all([1, 2, 3, 4].map(async () => provide?.()));
    expect(later[0]).not.toBe(first);
    expect(new Set(later).size).toBe(1);
    expect(calls('sts:AssumeRole')).toBe(1);
    api.close();
  });

  test('gets new ones when AWS says that they have expired', async () => {
    const { api, credentials } = begin();
    const place = await credentials.place(idOf(1), 'us-east-1');
    await who(api, place);
    simulator.faults.add([{ kind: 'expired', action: 'sts:GetCallerIdentity', times: 1 }]);
    await expect(who(api, place)).resolves.toMatchObject({ Account: idOf(1) });
    api.close();
  });

  test("of the caller's own are looked for again when they have expired: somebody may have signed in", async () => {
    const { api, credentials } = begin();
    const keys = (index: number) => simulator.credentials(idOf(index));
    await expect(who(api, credentials.self())).resolves.toMatchObject({ Account: idOf(0) });
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: keys(2).accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys(2).secretAccessKey,
    });
    simulator.faults.add([{ kind: 'expired', action: 'sts:GetCallerIdentity', account: idOf(0) }]);
    try {
      await expect(who(api, credentials.self())).resolves.toMatchObject({ Account: idOf(2) });
    } finally {
      simulator.faults.clear();
      Object.assign(process.env, {
        AWS_ACCESS_KEY_ID: keys(0).accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys(0).secretAccessKey,
      });
      api.close();
    }
  });

  test('that refuses says so, and is not asked again by each of its units', async () => {
    let now = Date.now();
    const { api, credentials } = begin(() => now);
    simulator.ledger.clear();
    simulator.faults.add([{ kind: 'deny', action: 'sts:AssumeRole', times: 1 }]);
    const read = async (region: string) => who(api, await credentials.place(idOf(1), region));
    await expect(read('us-east-1')).rejects.toMatchObject({ type: 'AWS_ACCESS_DENIED' });
    await expect(read('eu-west-1')).rejects.toMatchObject({ type: 'AWS_ACCESS_DENIED' });
    expect(calls('sts:AssumeRole')).toBe(1);
    now += 31_000;
    await expect(read('us-east-1')).resolves.toMatchObject({ Account: idOf(1) });
    api.close();
  });

  test('keeps what is still good for some minutes when STS does not answer', async () => {
    let now = Date.now();
    const { api, credentials } = begin(() => now);
    const { provide } = (await credentials.place(idOf(1), 'us-east-1')).credentials;
    const first = await provide?.();
    now += 57 * 60_000;
    simulator.faults.add([{ kind: 'error', action: 'sts:AssumeRole', times: 4 }]);
    expect(await provide?.()).toBe(first);
    expect(await provide?.()).not.toBe(first);
    api.close();
  });

  test('of another account is refused before it is asked', async () => {
    const { api, credentials } = begin(Date.now, `arn:aws:iam::${idOf(2)}:role/reader`);
    await expect(who(api, await credentials.place(idOf(1), 'us-east-1'))).rejects.toMatchObject({
      type: 'CONFIG_INVALID',
    });
    api.close();
  });
});

test('an account that is configured nowhere is refused', async () => {
  const { api, credentials } = begin();
  await expect(credentials.place('999999999999', 'us-east-1')).rejects.toMatchObject({ type: 'ACCOUNT_UNKNOWN' });
  expect(await credentials.place(idOf(0), 'us-east-1')).toMatchObject({ assumes: false });
  expect(await credentials.place(idOf(1), 'us-east-1')).toMatchObject({ assumes: true });
  api.close();
});
