/** The operator of SovereignPolicy: what it enforces in its cluster, and what it found outside the allowed regions. */
import Type, { type Static } from 'typebox';
import { defineContract } from '../../lib/contract.ts';

/** A running pod or a volume that is, or may come, outside the regions of a policy. */
export const Violation = Type.Object({
  policy: Type.String({ description: 'namespace/name' }),
  action: Type.String({ description: 'deny | dryrun | warn | custom, as in force' }),
  kind: Type.String({ description: 'Pod or PersistentVolume' }),
  namespace: Type.String(),
  name: Type.String(),
  fault: Type.String({ description: 'A short code: no-affinity, running-outside, node-mislabelled, …' }),
  message: Type.String(),
  node: Type.String({ description: '"" when it runs on none.' }),
  region: Type.String({ description: 'Where it is, "" when unknown.' }),
  account: Type.String({ description: 'The node\'s AWS account by Elava\'s inventory, "" when unknown.' }),
});
export type Violation = Static<typeof Violation>;

export const PolicyView = Type.Object({
  namespace: Type.String(),
  name: Type.String(),
  target: Type.String(),
  regions: Type.Array(Type.String()),
  action: Type.String(),
  phase: Type.String(),
  message: Type.String(),
  violations: Type.Integer(),
  expires: Type.String({ description: 'ISO 8601, "" for never.' }),
  updated: Type.Optional(Type.String({ description: 'When its status changed last, "" when it never did.' })),
  labels: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: 'What it alone would set on its target.' }),
  ),
});
export type PolicyView = Static<typeof PolicyView>;

export const sovereigntyContract = defineContract({
  name: 'sovereignty',
  text: 'Carries data-residency policy from SovereignPolicy objects into a Kubernetes cluster.',
  actions: {
    status: {
      text: 'Whether this replica leads, what enforces, and how many policies stand in which phase.',
      read: true,
      params: Type.Object({}),
      result: Type.Object({
        cluster: Type.String(),
        leading: Type.Boolean(),
        engine: Type.String({ description: 'gatekeeper, admission-policy or "" with a fault.' }),
        fault: Type.String(),
        phases: Type.Record(Type.String(), Type.Integer()),
        waiting: Type.Integer(),
        url: Type.String({ description: 'Of health and metrics.' }),
      }),
    },
    policies: {
      text: 'Every policy with what became of it.',
      read: true,
      params: Type.Object({}),
      result: Type.Object({ policies: Type.Array(PolicyView) }),
    },
    violations: {
      text: "What the last scan found; from the leader's memory, so empty on another replica.",
      read: true,
      params: Type.Object({ policy: Type.Optional(Type.String()) }),
      result: Type.Object({ violations: Type.Array(Violation), scanned: Type.String() }),
    },
  },
  events: {
    violated: {
      text: 'A pod or volume was found outside. Volatile: `violations` has the present ones.',
      payload: Violation,
    },
  },
});
