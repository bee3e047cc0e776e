/** Reads the cloud, one unit at a time: account × region × type. */
import Type, { type Static } from 'typebox';
import { defineContract } from '../../lib/contract.ts';
import { Coverage, Instant, Unit } from '../../lib/resource.ts';

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
    identify: {
      text: "Who the caller's own credentials belong to; fails with an AWS_ code that says what is wrong with them.",
      timeoutMs: 30_000,
      params: Type.Object({}),
      result: Type.Object({ account: Type.String(), arn: Type.String() }),
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
