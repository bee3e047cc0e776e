/** PolicyReports of what a scan found: one a policy, in its target namespace, in whichever kind the cluster serves. */

import { enforcementName, MANAGED_BY } from './enforcement.ts';
import type { Applied } from './kube/client.ts';
import type { Kind } from './kube/kinds.ts';
import { kinds } from './kube/kinds.ts';
import { keyOf } from './kube/objects.ts';
import type { SovereignPolicy } from './sovereign-policy.ts';
import type { Violation } from './sovereignty.contract.ts';

/** etcd refuses an object of more than 1.5 MiB, and nobody reads beyond a page. The summary counts all. */
const MAX_RESULTS = 100;

export const reportKinds: readonly Kind[] = [kinds.openReport, kinds.policyReport];

export function reportOf(policy: SovereignPolicy, found: readonly Violation[], at: number): Applied {
  const seconds = Math.floor(at / 1000);
  const warns = found.filter(({ action }) => action !== 'deny').length;
  return {
    metadata: {
      namespace: policy.spec.targetNamespace,
      name: enforcementName(keyOf(policy.metadata)),
      labels: MANAGED_BY,
    },
    source: 'elava-sovereignty',
    scope: {
      apiVersion: policy.apiVersion,
      kind: policy.kind,
      name: policy.metadata.name,
      namespace: policy.metadata.namespace,
      uid: policy.metadata.uid,
    },
    summary: { pass: 0, fail: found.length - warns, warn: warns, error: 0, skip: 0 },
    results: found.slice(0, MAX_RESULTS).map((one) => ({
      policy: one.policy,
      rule: one.fault,
      result: one.action === 'deny' ? 'fail' : 'warn',
      severity: one.fault === 'running-outside' ? 'critical' : 'high',
      category: 'data-residency',
      source: 'elava-sovereignty',
      timestamp: { seconds, nanos: 0 },
      message: one.message.slice(0, 1000),
      resources: [
        {
          apiVersion: 'v1',
          kind: one.kind,
          name: one.name,
          ...(one.namespace === '' ? {} : { namespace: one.namespace }),
        },
      ],
      properties: { node: one.node, region: one.region, account: one.account },
    })),
  };
}
