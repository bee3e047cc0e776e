/** Objects and the faults that the residency rule finds in them, allowed regions eu-central-1 and eu-west-1. */
import { affinity, pod, regionTerm } from './objects.ts';

export interface Case {
  readonly name: string;
  readonly object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string };
    readonly spec: object;
  };
  /** Codes, sorted; none when it is admitted. */
  readonly faults: readonly string[];
}

const region = 'topology.kubernetes.io/region';
const expression = (operator: string, values?: string[]) => ({
  matchExpressions: [{ key: region, operator, ...(values === undefined ? {} : { values }) }],
});
const zone = { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['eu-west-1a'] }] };
const eu = regionTerm('eu-central-1');

const podCase = (name: string, spec: object, ...faults: string[]): Case => ({
  name: `a pod ${name}`,
  object: pod(name.replaceAll(/[^a-z]+/g, '-'), 'finance', spec),
  faults,
});

const labels = { app: 'x' };
const template = (spec: object) => ({
  metadata: { labels },
  spec: { ...pod('x', 'finance').spec, ...spec },
});
const selector = { matchLabels: labels };

function workload(kind: string, apiVersion: string, spec: (inner: object) => object): Case[] {
  const name = kind.toLowerCase();
  const object = (suffix: string, inner: object) => ({
    apiVersion,
    kind,
    metadata: { name: `${name}-${suffix}`, namespace: 'finance' },
    spec: spec(inner),
  });
  const restartPolicy = kind.endsWith('Job') ? { restartPolicy: 'Never' } : {};
  return [
    {
      name: `a ${kind} that is held`,
      object: object('held', { ...restartPolicy, affinity: affinity(eu) }),
      faults: [],
    },
    { name: `a ${kind} that is not`, object: object('loose', restartPolicy), faults: ['no-affinity'] },
  ];
}

const volume = (
  name: string,
  parts: { labels?: object; nodeAffinity?: object; namespace?: string },
  ...faults: string[]
): Case => ({
  name: `a volume ${name}`,
  object: {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: name.replaceAll(/[^a-z]+/g, '-'), ...(parts.labels ? { labels: parts.labels } : {}) },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      claimRef: { namespace: parts.namespace ?? 'finance', name: 'data' },
      csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-1' },
      ...(parts.nodeAffinity ? { nodeAffinity: parts.nodeAffinity } : {}),
    },
  },
  faults,
});
const ebs = (...values: string[]) => ({
  required: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: 'topology.ebs.csi.aws.com/zone', operator: 'In', values }] }],
  },
});

export const cases: readonly Case[] = [
  podCase('without affinity', {}, 'no-affinity'),
  podCase('with one right term', { affinity: affinity(eu) }),
  podCase('with both regions in one term', { affinity: affinity(regionTerm('eu-central-1', 'eu-west-1')) }),
  podCase(
    'with a wrong value beside a right one',
    { affinity: affinity(regionTerm('eu-central-1', 'us-east-1')) },
    'affinity-term',
  ),
  podCase('with a second term of another region', { affinity: affinity(eu, regionTerm('us-east-1')) }, 'affinity-term'),
  podCase('with a second term that names no region', { affinity: affinity(eu, zone) }, 'affinity-term'),
  podCase(
    'with two wrong terms',
    { affinity: affinity(zone, regionTerm('us-east-1')) },
    'affinity-term',
    'affinity-term',
  ),
  podCase('with NotIn', { affinity: affinity(expression('NotIn', ['us-east-1'])) }, 'affinity-term'),
  podCase('with Exists', { affinity: affinity(expression('Exists')) }, 'affinity-term'),
  podCase('narrowed by a second expression', {
    affinity: affinity({
      matchExpressions: [...regionTerm('eu-central-1', 'us-east-1').matchExpressions, ...eu.matchExpressions],
    }),
  }),
  podCase(
    'with preferred affinity only',
    {
      affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: eu }] } },
    },
    'no-affinity',
  ),
  podCase('with the right nodeSelector', { nodeSelector: { [region]: 'eu-west-1' } }),
  podCase('with a wrong nodeSelector', { nodeSelector: { [region]: 'us-east-1' } }, 'no-affinity', 'node-selector'),
  podCase(
    'with a wrong nodeSelector over a right affinity',
    { nodeSelector: { [region]: 'us-east-1' }, affinity: affinity(eu) },
    'node-selector',
  ),
  podCase('with another nodeSelector only', { nodeSelector: { disk: 'ssd' } }, 'no-affinity'),
  ...['Deployment', 'DaemonSet', 'ReplicaSet'].flatMap((kind) =>
    workload(kind, 'apps/v1', (inner) => ({ selector, template: template(inner) })),
  ),
  ...workload('StatefulSet', 'apps/v1', (inner) => ({ selector, serviceName: 'x', template: template(inner) })),
  ...workload('Job', 'batch/v1', (inner) => ({ template: template(inner) })),
  ...workload('CronJob', 'batch/v1', (inner) => ({
    schedule: '0 0 * * *',
    jobTemplate: { spec: { template: template(inner) } },
  })),
  volume('in an allowed zone', { labels: { 'topology.kubernetes.io/zone': 'eu-west-1a' } }),
  volume('in a local zone of an allowed region', { labels: { 'topology.kubernetes.io/zone': 'eu-central-1-ham-1a' } }),
  volume('in another zone', { labels: { 'topology.kubernetes.io/zone': 'us-east-1a' } }, 'volume-place'),
  volume(
    'in a region whose name begins alike',
    { labels: { 'topology.kubernetes.io/region': 'eu-west-12' } },
    'volume-place',
  ),
  volume(
    'in two zones of which one is wrong',
    { labels: { 'topology.kubernetes.io/zone': 'eu-west-1a__us-east-1a' } },
    'volume-place',
  ),
  volume('whose node affinity is right', { nodeAffinity: ebs('eu-central-1b') }),
  volume('whose node affinity is wrong', { nodeAffinity: ebs('us-west-2b') }, 'volume-place'),
  volume('that another namespace claims', {
    labels: { 'topology.kubernetes.io/zone': 'us-east-1a' },
    namespace: 'other',
  }),
  volume('that does not say where it is', {}),
];

/** What of a case's object the webhook is asked. */
function review(
  name: string,
  operation: 'CREATE' | 'UPDATE',
  parts: { object: object; oldObject?: object; username?: string },
  ...faults: string[]
): Case {
  const { object, oldObject, username = 'somebody' } = parts;
  const { kind, apiVersion, metadata } = object as {
    kind: string;
    apiVersion: string;
    metadata: { name: string; namespace?: string };
  };
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const request = {
    uid: 'd700ab7f-8f42-45ff-83f5-782c739806d9',
    kind: { group, kind, version },
    operation,
    name: metadata.name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    userInfo: { username },
    object,
    ...(oldObject === undefined ? {} : { oldObject }),
  };
  return {
    name,
    object: { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request } as never,
    faults,
  };
}

const bare = pod('x', 'finance');
const held = pod('x', 'finance', { affinity: affinity(eu) });
const daemonPod = {
  ...pod('x', 'finance', {
    affinity: affinity({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }),
  }),
  metadata: {
    name: 'x',
    namespace: 'finance',
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'u', controller: true }],
  },
};
const controller = 'system:serviceaccount:kube-system:daemon-set-controller';
const labelled = { ...bare, metadata: { ...bare.metadata, labels: { touched: 'yes' } } };

/** Where the answer depends on the request: what was there before, and who asks. */
export const reviewCases: readonly Case[] = [
  review(
    'a pod created with a node of its own',
    'CREATE',
    { object: pod('x', 'finance', { nodeName: 'n', affinity: affinity(eu) }) },
    'node-name',
  ),
  review('a running pod that is relabelled', 'UPDATE', { object: labelled, oldObject: bare }),
  review('a pod whose affinity is taken away', 'UPDATE', { object: bare, oldObject: held }, 'no-affinity'),
  review("a pod of a DaemonSet's controller", 'CREATE', { object: daemonPod, username: controller }),
  review('a pod that only says it is of a DaemonSet', 'CREATE', { object: daemonPod }, 'affinity-term'),
];
