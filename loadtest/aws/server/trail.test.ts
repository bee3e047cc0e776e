/** What CloudTrail tells of the estate's changes, through the unmodified SDK. */
import { gunzipSync } from 'node:zlib';
import {
  CloudTrailClient,
  type Event,
  LookupEventsCommand,
  type LookupEventsCommandInput,
} from '@aws-sdk/client-cloudtrail';
import { CreateTagsCommand, EC2Client, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { GetObjectCommand, ListObjectsV2Command, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { kinds } from '../world/kinds/index.ts';
import type { Archetype } from '../world/trail/actor.ts';
import { createWorld, type Expected, type World } from '../world/world.ts';
import { type Simulator, startSimulator } from './simulator.ts';

const region = 'us-east-1';
let world: World;
let simulator: Simulator;
let client: CloudTrailClient;

beforeEach(async () => {
  world = createWorld({ seed: 5, accounts: 2, regions: [region, 'eu-west-1'], resources: 1500 });
  simulator = await startSimulator({ world });
  client = new CloudTrailClient(config());
});
afterEach(async () => {
  client.destroy();
  await simulator.close();
});

function config(account = world.accounts[1]?.id) {
  return { region, endpoint: simulator.endpoint, credentials: simulator.credentials(account), maxAttempts: 1 };
}

interface TrailRecord {
  readonly userIdentity: {
    readonly type: string;
    readonly accessKeyId?: string;
    readonly invokedBy?: string;
    readonly arn?: string;
  };
  readonly eventName: string;
  readonly requestParameters: Record<string, unknown>;
  readonly responseElements: Record<string, unknown> | null;
  readonly errorCode?: string;
  readonly [member: string]: unknown;
}
const recordOf = ({ CloudTrailEvent = '{}' }: Event) => JSON.parse(CloudTrailEvent) as TrailRecord;

async function lookup(input: LookupEventsCommandInput = {}, of = client): Promise<Event[]> {
  const found: Event[] = [];
  let NextToken: string | undefined;
  do {
    const page = await of.send(new LookupEventsCommand({ ...input, NextToken }));
    expect(page.Events?.length).toBeLessThanOrEqual(50);
    found.push(...(page.Events ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}
const writes = (of = client) =>
  lookup({ LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'false' }] }, of);
const first = (type: Expected['type'], such: (e: Expected) => boolean = () => true) =>
  [...world.expected({ type, account: world.accounts[1]?.id ?? '' })].find(
    (e) => !e.awsOwned && [region, 'global'].includes(e.region) && such(e),
  ) as Expected;
const minutes = (n: number) => world.advance(n * 60_000);

describe('delivery', () => {
  test('an event comes minutes after the change, with the label that the oracle gives', async () => {
    const { arn } = first('security_group', ({ problems }) => !problems.includes('ssh_open_to_world'));
    const [changed] = world.mutate({ do: 'open_ssh', arn, by: 'sso_console' });
    expect(await writes()).toEqual([]);
    minutes(8);
    const [event] = await writes();
    expect(event).toMatchObject({
      EventId: changed?.event_id,
      EventName: 'AuthorizeSecurityGroupIngress',
      ReadOnly: 'false',
    });
    expect(event?.Username).toBe(changed?.actor);
    expect(recordOf(event as Event)).toMatchObject({
      userIdentity: { type: 'AssumedRole', arn: expect.stringContaining('AWSReservedSSO_') },
      requestParameters: { groupId: arn.split('/').pop(), ipPermissions: { items: [{ fromPort: 22 }] } },
      sessionCredentialFromConsole: 'true',
      managementEvent: true,
      readOnly: false,
    });
    const label = world.trail.labels().at(-1);
    expect(label).toMatchObject({ arn, actor_kind: 'human', available_at: expect.stringMatching(/^2026/) });
  });

  test('late and lost events are as many as asked for, and the labels say which', async () => {
    world.trail.options = { lateShare: 0.2, missingShare: 0.1 };
    world.drift(500, { seed: 1 });
    const never = world.trail.labels().filter(({ available_at }) => available_at === '').length;
    expect(never).toBeGreaterThan(15);
    expect(never).toBeLessThan(100);
    minutes(8);
    const [first] = world.accounts;
    const other = new CloudTrailClient(config(first?.id));
    const soon = (await writes()).length + (await writes(other)).length;
    minutes(15);
    expect((await writes()).length + (await writes(other)).length).toBeGreaterThan(soon);
    other.destroy();
  });

  test('every change of a day is in the events of its account, region and time', async () => {
    world.advance(86_400_000);
    const changed = world.drift(300, { seed: 4, within: 3_600_000 });
    minutes(10);
    const seen = new Map<string, Event>();
    for (const { id } of world.accounts) {
      for (const place of world.options.regions) {
        const of = new CloudTrailClient({ ...config(id), region: place });
        for (const event of await lookup({}, of)) seen.set(event.EventId as string, event);
        of.destroy();
      }
    }
    for (const { arn, event_id } of changed) {
      const event = seen.get(event_id) as Event;
      const id = arn.split(/[:/]/).pop() as string;
      expect(JSON.stringify(event.Resources)).toContain(id);
      expect(event.CloudTrailEvent).toContain(id);
      expect(recordOf(event).errorCode).toBeUndefined();
    }
    expect(new Set(changed.map(({ event_id }) => event_id)).size).toBeLessThan(changed.length);
    const spread = changed.map(({ event_id }) => seen.get(event_id)?.EventTime?.getTime() ?? 0);
    expect(Math.max(...spread) - Math.min(...spread)).toBeGreaterThan(1_800_000);
  });
});

describe('LookupEvents', () => {
  test('pages newest first, one attribute, within a window', async () => {
    for (let i = 0; i < 3; i++) {
      world.drift(80, { seed: i, account: world.accounts[1]?.id ?? '', region });
      minutes(20);
    }
    const all = await lookup();
    expect(all.length).toBeGreaterThan(100);
    const times = all.map(({ EventTime }) => EventTime?.getTime() ?? 0);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    const [newest] = times as [number];
    const StartTime = new Date(newest);
    expect((await lookup({ StartTime })).map(({ EventId }) => EventId)).toEqual(
      all.filter(({ EventTime }) => EventTime?.getTime() === newest).map(({ EventId }) => EventId),
    );
    const { EventId, Username, EventName } = all.find((e) => e.Username) as Event;
    const by = (AttributeKey: 'Username' | 'EventId' | 'EventName', AttributeValue = '') =>
      lookup({ LookupAttributes: [{ AttributeKey, AttributeValue }] });
    expect((await by('EventId', EventId)).length).toBe(1);
    expect(await by('Username', Username)).toEqual(all.filter((e) => e.Username === Username));
    expect(await by('EventName', EventName)).toEqual(all.filter((e) => e.EventName === EventName));
  });

  test('refuses what AWS refuses', async () => {
    const two = [
      { AttributeKey: 'ReadOnly', AttributeValue: 'false' },
      { AttributeKey: 'EventName', AttributeValue: 'X' },
    ] as const;
    const fails = (input: LookupEventsCommandInput, name: string) =>
      expect(client.send(new LookupEventsCommand(input))).rejects.toMatchObject({ name });
    await fails({ LookupAttributes: [...two] }, 'InvalidLookupAttributesException');
    await fails({ MaxResults: 51 }, 'InvalidMaxResultsException');
    await fails({ NextToken: 'nonsense' }, 'InvalidNextTokenException');
    await fails({ StartTime: new Date(2), EndTime: new Date(1) }, 'InvalidTimeRangeException');
  });

  test('two a second for an account and region', async () => {
    const limited = await startSimulator({ world, limits: 0.1 });
    const of = new CloudTrailClient({ ...config(), endpoint: limited.endpoint });
    const calls = await Promise.allSettled([1, 2, 3].map(() => of.send(new LookupEventsCommand({}))));
    const answers = calls.map((c) => (c.status === 'rejected' ? String(c.reason.name) : 'ok'));
    expect(answers.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'ok',
      'ThrottlingException',
      'ThrottlingException',
    ]);
    of.destroy();
    await limited.close();
  });

  test('nothing older than ninety days', async () => {
    const [changed] = world.mutate({ do: 'tag', arn: first('dynamodb').arn, tags: { a: 'b' } });
    world.advance(90 * 86_400_000 - 1000);
    expect((await writes()).map(({ EventId }) => EventId)).toContain(changed?.event_id);
    world.advance(2000);
    expect(await writes()).toEqual([]);
  });
});

describe('actors', () => {
  test.each([
    ['iam_console', 'IAMUser', 'human'],
    ['iam_cli', 'IAMUser', 'human'],
    ['sso_cli', 'AssumedRole', 'human'],
    ['root', 'Root', 'human'],
    ['federated', 'FederatedUser', 'human'],
    ['chain', 'AssumedRole', 'human'],
    ['cross_account', 'AssumedRole', 'human'],
    ['github', 'AssumedRole', 'automation'],
    ['gitlab', 'AssumedRole', 'automation'],
    ['jenkins', 'AssumedRole', 'automation'],
    ['terraform', 'AssumedRole', 'automation'],
    ['cloudformation_human', 'AssumedRole', 'human'],
    ['cloudformation_ci', 'AssumedRole', 'automation'],
    ['lambda', 'AssumedRole', 'automation'],
    ['ecs', 'AssumedRole', 'automation'],
    ['autoscaling', 'AssumedRole', 'service'],
    ['backup', 'AssumedRole', 'service'],
    ['aws_service', 'AWSService', 'service'],
  ] as const)('%s', async (by: Archetype, type, kind) => {
    const [changed] = world.mutate({ do: 'stop', arn: first('ec2', running).arn, by });
    minutes(8);
    const event = (await writes()).find(({ EventId }) => EventId === changed?.event_id) as Event;
    const { userIdentity } = recordOf(event);
    expect(userIdentity.type).toBe(type);
    expect(changed?.actor_kind).toBe(kind);
    expect(userIdentity.invokedBy?.split('.')[0]).toBe(
      {
        cloudformation_human: 'cloudformation',
        cloudformation_ci: 'cloudformation',
        autoscaling: 'autoscaling',
        backup: 'backup',
        aws_service: 'elasticloadbalancing',
      }[by as string],
    );
    const label = world.trail.labels().at(-1);
    const opened = (await lookup()).filter((e) => e.CloudTrailEvent?.includes(userIdentity.accessKeyId ?? 'none'));
    const told = JSON.stringify([event, opened]);
    expect([label?.actor, ...(label?.aliases ?? [])].some((name) => told.includes(name as string))).toBe(true);
  });

  test('the access key of a role that was taken leads to the person who took it', async () => {
    const [changed] = world.mutate({ do: 'stop', arn: first('ec2', running).arn, by: 'chain' });
    minutes(8);
    const all = await lookup();
    const event = all.find(({ EventId }) => EventId === changed?.event_id) as Event;
    expect(event.CloudTrailEvent).not.toContain(changed?.actor);
    const opening = all
      .map(recordOf)
      .find(
        ({ eventName, responseElements }) =>
          eventName === 'AssumeRole' &&
          (responseElements as { credentials: { accessKeyId: string } }).credentials.accessKeyId === event.AccessKeyId,
      );
    expect(opening).toMatchObject({
      readOnly: true,
      userIdentity: { arn: expect.stringContaining(changed?.actor as string) },
    });
  });
});

const running = ({ api }: Expected) => (api as { State: { Name: string } }).State.Name === 'running';

describe('calls that the simulator serves', () => {
  test('are logged with the identity of their caller, and labelled', async () => {
    const sts = new STSClient(config());
    const account = world.accounts[1]?.id;
    const { Credentials: c } = await sts.send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/elava`, RoleSessionName: 'apply-7' }),
    );
    const credentials = {
      accessKeyId: c?.AccessKeyId ?? '',
      secretAccessKey: c?.SecretAccessKey ?? '',
      sessionToken: c?.SessionToken ?? '',
    };
    const ec2 = new EC2Client({ ...config(), credentials });
    const InstanceIds = [first('ec2', running).id];
    await ec2.send(new StopInstancesCommand({ InstanceIds }));
    await ec2.send(new CreateTagsCommand({ Resources: InstanceIds, Tags: [{ Key: 'a', Value: 'b' }] }));
    await expect(ec2.send(new StopInstancesCommand({ InstanceIds: ['i-00000000000000000'] }))).rejects.toMatchObject({
      name: 'InvalidInstanceID.NotFound',
    });
    minutes(8);
    const [refused, tagged, stopped, ...others] = (await lookup()).map(recordOf);
    expect(others.map(({ eventName }) => eventName)).toEqual(['AssumeRole']);
    expect(refused).toMatchObject({ errorCode: 'Client.InvalidInstanceID.NotFound', responseElements: null });
    const at = { items: [{ instanceId: InstanceIds[0] }] };
    expect(stopped).toMatchObject({
      eventName: 'StopInstances',
      userIdentity: { accessKeyId: credentials.accessKeyId, arn: `arn:aws:sts::${account}:assumed-role/elava/apply-7` },
      requestParameters: { instancesSet: at },
      responseElements: { instancesSet: { items: [{ currentState: { code: 64, name: 'stopping' } }] } },
    });
    expect(tagged?.requestParameters).toEqual({
      resourcesSet: { items: [{ resourceId: InstanceIds[0] }] },
      tagSet: { items: [{ key: 'a', value: 'b' }] },
    });
    expect(world.trail.labels().map(({ what, event_id }) => [what, event_id])).toEqual([
      ['stop', stopped?.eventID],
      ['tag', tagged?.eventID],
    ]);
    sts.destroy();
    ec2.destroy();
  });
});

test("a trail's files hold the same events, by account, region and day", async () => {
  world.trail.options = { bucket: 'acme-trail' };
  const changed = world.drift(60, { seed: 3, account: world.accounts[1]?.id ?? '', region });
  const s3 = new S3Client({ ...config(world.accounts[0]?.id), forcePathStyle: true });
  const Bucket = 'acme-trail';
  const Prefix = `AWSLogs/${world.accounts[1]?.id}/CloudTrail/${region}/2026/06/01/`;
  const keys: string[] = [];
  expect((await s3.send(new ListObjectsV2Command({ Bucket, Prefix }))).KeyCount).toBe(0);
  minutes(15);
  for await (const page of paginateListObjectsV2({ client: s3, pageSize: 1 }, { Bucket, Prefix })) {
    keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
  }
  expect(keys.length).toBeGreaterThan(1);
  const records: TrailRecord[] = [];
  for (const Key of keys) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const text = gunzipSync((await Body?.transformToByteArray()) ?? new Uint8Array());
    records.push(...(JSON.parse(text.toString()) as { Records: TrailRecord[] }).Records);
  }
  const listed = (await lookup()).map(recordOf);
  expect(new Set(records.map(({ eventID }) => eventID))).toEqual(new Set(listed.map(({ eventID }) => eventID)));
  expect(records.map(({ eventID }) => eventID)).toEqual(
    expect.arrayContaining(changed.map(({ event_id }) => event_id)),
  );
  const top = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'AWSLogs/', Delimiter: '/' }));
  expect(top.CommonPrefixes).toEqual([{ Prefix: `AWSLogs/${world.accounts[1]?.id}/` }]);
  await expect(s3.send(new ListObjectsV2Command({ Bucket: 'another' }))).rejects.toMatchObject({
    name: 'NoSuchBucket',
  });
  s3.destroy();
});

test('every change of every type has a call', () => {
  for (const { type, mutations, trail } of Object.values(kinds)) {
    for (const what of ['create', 'delete', 'tag', 'untag', ...Object.keys(mutations)]) {
      expect([type, what, typeof trail.calls[what]]).toEqual([type, what, 'function']);
    }
  }
});

test('a batch is one event for all its resources', async () => {
  const account = world.accounts[1]?.id ?? '';
  const made = world.mutate({ do: 'create', type: 'ec2', account, region, count: 20 });
  expect(new Set(made.map(({ event_id }) => event_id)).size).toBe(1);
  const tags = { owner: 'x' };
  const tagged = world.mutate({ do: 'tag', arns: made.map(({ arn }) => arn), tags });
  minutes(8);
  const events = new Map((await writes()).map((event) => [event.EventId, event]));
  const [launch, tag] = [made[0], tagged[0]].map((c) => events.get(c?.event_id));
  expect(launch).toMatchObject({ EventName: 'RunInstances' });
  expect(launch?.Resources?.length).toBe(20);
  expect(tag?.Resources?.length).toBe(20);
});
