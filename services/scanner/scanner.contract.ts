/** Reads the cloud, one unit at a time: account × region × type. */
import Type, { type Static } from 'typebox';
import { defineContract } from '../../lib/contract.ts';
import { Coverage, Instant, Resource, Unit } from '../../lib/resource.ts';

/** The job of one unit on the topic `scannerTopic(region)`; its id is `scan/unit`. */
export const ScanJob = Type.Object({ scan: Type.String(), unit: Unit });
export type ScanJob = Static<typeof ScanJob>;

/** Replicas of the scanners of a region share its topic. */
export function scannerTopic(region: string): string {
  return `scan.${region}`;
}

/** A type as others need to know it. `joins` puts parts of referenced resources into a policy's input. */
export const TypeInfo = Type.Object({
  type: Type.String(),
  title: Type.String(),
  service: Type.String(),
  global: Type.Boolean(),
  actions: Type.Array(Type.String(), { description: 'IAM actions that the scan needs.' }),
  volatile: Type.Optional(Type.Array(Type.String(), { description: 'Fields that move by themselves.' })),
  alone: Type.Optional(
    Type.String({ description: 'How its short ids begin, where one resource can be read by it: i- of i-0abc.' }),
  ),
  shallow: Type.Optional(
    Type.Boolean({ description: 'Little more is read than that it is there; scanned only where it is named.' }),
  ),
  joins: Type.Array(
    Type.Object({
      field: Type.String({ description: "Field of the policy's input that is filled." }),
      ids: Type.String({ description: 'Field of the resource with the ids of the referenced resources.' }),
      type: Type.String({ description: 'Their type.' }),
      take: Type.String({ description: 'Their field whose elements are put together.' }),
    }),
  ),
});
export type TypeInfo = Static<typeof TypeInfo>;

export const Account = Type.Object({
  id: Type.String(),
  name: Type.String({ description: '"" when nobody told it.' }),
  state: Type.Union([Type.Literal('active'), Type.Literal('suspended')]),
  unit: Type.String({ description: 'Path in its organisation, "" when that is not known.' }),
  tags: Type.Record(Type.String(), Type.String()),
  role: Type.String({ description: 'What it is read with; "" are the own credentials of the caller.' }),
  regions: Type.Array(Type.String(), { description: 'To read: configured, or enabled in the account.' }),
  off: Type.Array(Type.String(), { description: 'Regions that the account has not enabled.' }),
  error: Type.String({
    description: 'A code when its regions could not be told; those of the caller stand in for them.',
  }),
  detail: Type.String(),
});
export type Account = Static<typeof Account>;

export const scannerContract = defineContract({
  name: 'scanner',
  text: 'Lists and details the resources of a unit and sends what changed to history.',
  actions: {
    types: {
      text: 'The resource types that can be scanned.',
      read: true,
      params: Type.Object({}),
      result: Type.Object({ types: Type.Array(TypeInfo) }),
    },
    regions: {
      text: 'All region names of the provider, to check what a user typed.',
      read: true,
      params: Type.Object({}),
      result: Type.Object({ regions: Type.Array(Type.String()) }),
    },
    accounts: {
      text: 'The accounts to read with their regions, by id; those too that are suspended. Looking them up may take minutes.',
      read: true,
      timeoutMs: 900_000,
      params: Type.Object({
        after: Type.Optional(Type.String()),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      }),
      result: Type.Object({ accounts: Type.Array(Account), next: Type.Optional(Type.String()) }),
    },
    probe: {
      text: 'Makes the cheapest calls that the types need, in one account and region, and tells what each came to.',
      read: true,
      timeoutMs: 120_000,
      params: Type.Object({ account: Type.String(), region: Type.String(), types: Type.Array(Type.String()) }),
      result: Type.Object({
        calls: Type.Array(
          Type.Object({
            type: Type.String(),
            api: Type.String({ description: 'As the provider calls it: ec2:DescribeInstances.' }),
            error: Type.String({ description: 'A code, "" when it went well.' }),
            detail: Type.String(),
          }),
        ),
      }),
    },
    skew: {
      text: "By how much the provider's clock is ahead of the scanner's.",
      read: true,
      timeoutMs: 30_000,
      params: Type.Object({}),
      result: Type.Object({ ms: Type.Number() }),
    },
    identify: {
      text: "Who the caller's own credentials belong to, or who the caller is in an account; fails with an AWS_ code that says what is wrong.",
      timeoutMs: 30_000,
      params: Type.Object({ account: Type.Optional(Type.String()) }),
      result: Type.Object({ account: Type.String(), arn: Type.String() }),
    },
    metrics: {
      text: 'How much resources of an account and region were used, as the provider measured it. The provider may charge by the metric.',
      read: true,
      timeoutMs: 120_000,
      params: Type.Object({
        account: Type.String(),
        region: Type.String(),
        from: Instant,
        to: Instant,
        period: Type.Integer({ minimum: 60, description: 'Seconds that a point stands for.' }),
        metrics: Type.Array(
          Type.Object({
            namespace: Type.String(),
            name: Type.String(),
            dimension: Type.String(),
            value: Type.String(),
            stat: Type.Union([
              Type.Literal('Sum'),
              Type.Literal('Average'),
              Type.Literal('Maximum'),
              Type.Literal('Minimum'),
            ]),
          }),
          { maxItems: 2000 },
        ),
      }),
      result: Type.Object({
        series: Type.Array(Type.Object({ points: Type.Array(Type.Number()) }), { description: 'In their order.' }),
      }),
    },
    audit: {
      text: "One page of the provider's audit log: who called what. Paced at the rate that the provider allows.",
      read: true,
      timeoutMs: 120_000,
      params: Type.Object({
        account: Type.String(),
        region: Type.String(),
        from: Instant,
        to: Instant,
        name: Type.Optional(
          Type.String({ description: 'Only calls of this name; else every call that changed something.' }),
        ),
        token: Type.Optional(Type.String()),
      }),
      result: Type.Object({
        records: Type.Array(Type.String({ description: 'As the provider writes it, JSON.' })),
        next: Type.Optional(Type.String()),
      }),
    },
    read: {
      text: 'One resource as the cloud shows it now; nothing is stored. Absent when a whole listing does not show it.',
      read: true,
      timeoutMs: 120_000,
      params: Type.Object({ unit: Unit, id: Type.String({ minLength: 1 }) }),
      result: Type.Object({
        resource: Type.Optional(Resource),
        volatile: Type.Array(Type.String(), { description: 'Fields that move by themselves.' }),
      }),
    },
    reread: {
      text: 'Reads resources of a unit by their short ids and stores what changed. What was not read so is named: it is gone, or only a scan of the unit can tell.',
      timeoutMs: 60_000,
      params: Type.Object({
        scan: Type.String(),
        unit: Unit,
        ids: Type.Array(Type.String(), { minItems: 1, maxItems: 100 }),
      }),
      result: Type.Object({ missing: Type.Array(Type.String()) }),
    },
    scan: {
      text: 'Scans one unit now and returns its coverage. Idempotent; the same as a job.',
      timeoutMs: 900_000,
      params: ScanJob,
      result: Coverage,
    },
  },
  events: {
    failed: {
      text: 'A unit was given up because its observation could not be stored; there is no coverage of it.',
      payload: Type.Object({ scan: Type.String(), unit: Unit, error: Type.String(), detail: Type.String() }),
    },
    progress: {
      text: 'A long unit goes on.',
      payload: Type.Object({ scan: Type.String(), unit: Unit, count: Type.Integer() }),
    },
  },
});
