/** Calls that change the estate, and the ledger that keeps them. */

import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  EC2Client,
  RebootInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createWorld, type Expected, type World } from '../world/world.ts';
import { type Simulator, startSimulator } from './simulator.ts';

let world: World;
let simulator: Simulator;
let client: EC2Client;
let running: Expected;

beforeAll(async () => {
  world = createWorld({
    seed: 11,
    accounts: 1,
    regions: ['us-east-1'],
    resources: { ec2: 60, ebs: 90, security_group: 20, iam_role: 20 },
  });
  simulator = await startSimulator({ world });
  client = new EC2Client({
    region: 'us-east-1',
    endpoint: simulator.endpoint,
    credentials: simulator.credentials(),
    maxAttempts: 1,
  });
});
beforeEach(() => {
  simulator.ledger.clear();
  running = [...world.expected({ type: 'ec2' })].find(
    ({ api }) => (api as { PublicIpAddress?: string }).PublicIpAddress,
  ) as Expected;
});
afterAll(async () => {
  client.destroy();
  await simulator.close();
});

async function describeOne(input: DescribeInstancesCommandInput) {
  const { Reservations } = await client.send(new DescribeInstancesCommand(input));
  return Reservations?.flatMap(({ Instances = [] }) => Instances) ?? [];
}

describe('writes', () => {
  test('an instance stops, loses its public address, and starts again', async () => {
    const InstanceIds = [running.id];
    world.advance(60_000);
    const { StoppingInstances } = await client.send(new StopInstancesCommand({ InstanceIds }));
    expect(StoppingInstances).toEqual([
      {
        InstanceId: running.id,
        CurrentState: { Code: 64, Name: 'stopping' },
        PreviousState: { Code: 16, Name: 'running' },
      },
    ]);
    const [stopped] = await describeOne({ InstanceIds });
    expect(stopped?.State?.Name).toBe('stopped');
    expect(stopped?.PublicIpAddress).toBeUndefined();
    const at = new Date(world.now()).toISOString().slice(0, 19).replace('T', ' ');
    expect(stopped?.StateTransitionReason).toBe(`User initiated (${at} GMT)`);
    await client.send(new StartInstancesCommand({ InstanceIds }));
    expect((await describeOne({ InstanceIds }))[0]?.LaunchTime).toEqual(new Date(world.now()));
    expect(simulator.ledger.report().mutations.map(({ action }) => action)).toEqual([
      'ec2:StopInstances',
      'ec2:StartInstances',
    ]);
  });

  test('a stopped instance becomes a finding after a week', async () => {
    await client.send(new StopInstancesCommand({ InstanceIds: [running.id] }));
    const problems = () => [...world.expected({ type: 'ec2' })].find(({ id }) => id === running.id)?.problems;
    expect(problems()).not.toContain('stopped_instance');
    world.advance(8 * 86_400_000);
    expect(problems()).toContain('stopped_instance');
  });

  test('tags are set and removed, on several resources or on none', async () => {
    const volume = [...world.expected({ type: 'ebs' })][0] as Expected;
    const Resources = [running.id, volume.id];
    await client.send(new CreateTagsCommand({ Resources, Tags: [{ Key: 'owner', Value: 'x & y' }] }));
    const owners = () => Resources.map((id) => [...world.expected()].find((e) => e.id === id)?.tags.owner);
    expect(owners()).toEqual(['x & y', 'x & y']);
    await client.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: 'owner', Value: 'someone else' }] }));
    expect(owners()).toEqual(['x & y', 'x & y']);
    await client.send(new DeleteTagsCommand({ Resources: [running.id], Tags: [{ Key: 'owner' }] }));
    expect(owners()).toEqual([undefined, 'x & y']);
    const gone = new CreateTagsCommand({
      Resources: [volume.id, 'i-00000000000000000'],
      Tags: [{ Key: 'owner', Value: 'z' }],
    });
    await expect(client.send(gone)).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' });
    expect(owners()).toEqual([undefined, 'x & y']);
  });

  test("without a list all tags go but AWS's own", async () => {
    const stacked = [...world.expected({ type: 'ec2' })].find(
      ({ tags }) => 'aws:cloudformation:stack-name' in tags,
    ) as Expected;
    await client.send(new DeleteTagsCommand({ Resources: [stacked.id] }));
    const [left] = await describeOne({ InstanceIds: [stacked.id] });
    expect(left?.Tags?.map(({ Key }) => Key)).toEqual(['aws:cloudformation:stack-name']);
  });

  test("AWS's own tags and a fifty-first are refused", async () => {
    const Resources = [running.id];
    const reserved = new CreateTagsCommand({ Resources, Tags: [{ Key: 'aws:x', Value: '1' }] });
    await expect(client.send(reserved)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    const many = Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: '' }));
    await expect(client.send(new CreateTagsCommand({ Resources, Tags: many }))).rejects.toMatchObject({
      name: 'TagLimitExceeded',
    });
  });

  test('a dry run changes nothing', async () => {
    const ask = new StopInstancesCommand({ InstanceIds: [running.id], DryRun: true });
    await expect(client.send(ask)).rejects.toMatchObject({ name: 'DryRunOperation' });
    expect((await describeOne({ InstanceIds: [running.id] }))[0]?.State?.Name).toBe('running');
  });

  test('a write that is not served fails, and the ledger shows it', async () => {
    await expect(client.send(new RebootInstancesCommand({ InstanceIds: [running.id] }))).rejects.toMatchObject({
      name: 'InvalidAction',
    });
    const { errors, mutations, counts } = simulator.ledger.report();
    expect(errors).toBe(1);
    expect(mutations).toMatchObject([
      { action: 'ec2:RebootInstances', error: 'InvalidAction', input: { InstanceIds: [running.id] } },
    ]);
    expect(counts).toMatchObject([{ action: 'ec2:RebootInstances', region: 'us-east-1', calls: 1, errors: 1 }]);
  });
});

describe('filters', () => {
  test.each([
    [
      { Name: 'instance-state-name', Values: ['stopped'] },
      (api: { State: { Name: string } }) => api.State.Name === 'stopped',
    ],
    [
      { Name: 'instance-type', Values: ['t3.*', 'm5.large'] },
      (api: { InstanceType: string }) => /^t3\.|^m5\.large$/.test(api.InstanceType),
    ],
  ])('%j', async (filter, wanted) => {
    const found = (await describeOne({ Filters: [filter] })).map(({ InstanceId }) => InstanceId);
    const held = [...world.expected({ type: 'ec2' })].filter(({ api }) => wanted(api as never)).map(({ id }) => id);
    expect(found).toEqual(held);
    expect(found.length).toBeGreaterThan(0);
  });

  test('tags, by value and by key; all filters must match', async () => {
    const held = [...world.expected({ type: 'ec2' })].filter(
      ({ tags }) => tags.service === 'checkout' && 'team' in tags,
    );
    const Filters = [
      { Name: 'tag:service', Values: ['check*'] },
      { Name: 'tag-key', Values: ['team'] },
    ];
    expect((await describeOne({ Filters })).map(({ InstanceId }) => InstanceId)).toEqual(held.map(({ id }) => id));
  });

  test('an unknown filter, id or token is refused', async () => {
    await expect(describeOne({ Filters: [{ Name: 'colour', Values: ['red'] }] })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await expect(describeOne({ InstanceIds: ['i-0deadbeef00000000'] })).rejects.toMatchObject({
      name: 'InvalidInstanceID.NotFound',
    });
    await expect(describeOne({ NextToken: 'nonsense' })).rejects.toMatchObject({ name: 'InvalidNextToken' });
    await expect(describeOne({ MaxResults: 4 })).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});
