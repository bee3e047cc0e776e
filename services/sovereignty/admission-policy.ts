/** The same rule in CEL, as a ValidatingAdmissionPolicy, for clusters without Gatekeeper. */
import { ADMISSION_POLICY, daemonSetControllers, MANAGED_BY } from './enforcement.ts';
import type { Applied } from './kube/client.ts';
import { apiVersionOf, kinds } from './kube/kinds.ts';

const region = "'topology.kubernetes.io/region'";
const controllers = `[${daemonSetControllers.map((user) => `'${user}'`).join(', ')}]`;
const terms = (spec: string): string =>
  `${spec}.?affinity.?nodeAffinity.?requiredDuringSchedulingIgnoredDuringExecution.?nodeSelectorTerms`;
const isPlace = "(e.key.endsWith('/region') || e.key.endsWith('/zone'))";

/** A pod's spec as every judged kind holds it; an empty one for kinds that hold none. */
const specOf = (root: string): string =>
  [
    `object.kind == 'PersistentVolume' ? {} :`,
    `object.kind == 'Pod' ? dyn(${root}.spec) :`,
    `object.kind == 'CronJob' ? dyn(${root}.spec.jobTemplate.spec.template.spec) : dyn(${root}.spec.template.spec)`,
  ].join(' ');

/** The region that a zone is in begins its name: eu-central-1a, us-east-1-bos-1a, europe-west1-b. */
const placeAllowed = (place: string): string =>
  `variables.regions.exists(r, ${place} == r || ${place}.startsWith(r + '-') || (${place}.startsWith(r) && ${place}.substring(r.size()).matches('^[a-z]$')))`;

const variables: Readonly<Record<string, string>> = {
  regions: 'params.spec.allowedRegions',
  wanted: "'[' + params.spec.allowedRegions.join(', ') + ']'",
  pod: specOf('object'),
  before: `request.operation == 'UPDATE' ? (${specOf('oldObject')}) : {}`,
  terms: `${terms('variables.pod')}.orValue([])`,
  selected: `variables.pod.?nodeSelector[?${region}].orValue('')`,
  isPod: "object.kind != 'PersistentVolume'",
  settled: [
    "request.operation == 'UPDATE'",
    "variables.pod.?nodeName.orValue('') == variables.before.?nodeName.orValue('')",
    `variables.selected == variables.before.?nodeSelector[?${region}].orValue('')`,
    `variables.terms == ${terms('variables.before')}.orValue([])`,
    "(variables.isPod || (object.spec.?claimRef.?namespace.orValue('') == oldObject.spec.?claimRef.?namespace.orValue('') && object.spec.?nodeAffinity == oldObject.spec.?nodeAffinity && object.metadata.?labels == oldObject.metadata.?labels))",
  ].join(' && '),
  byDaemonSet: `object.kind == 'Pod' && request.userInfo.username in ${controllers} && object.metadata.?ownerReferences.orValue([]).exists(o, o.kind == 'DaemonSet' && o.?controller.orValue(false))`,
  held: 'variables.selected in variables.regions',
  name: "object.kind + ' ' + object.metadata.?name.orValue(object.metadata.?generateName.orValue('') + '*')",
  prefix:
    "variables.name + ' may leave ' + params.spec.allowedRegions.join(', ') + ' (policy ' + params.metadata.namespace + '/' + params.metadata.name + '): '",
};

const remedy =
  "'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions: {key: topology.kubernetes.io/region, operator: In, values: ' + variables.wanted + '}'";

interface Rule {
  readonly holds: string;
  readonly message: string;
}
const rules: readonly Rule[] = [
  {
    holds: "variables.selected == '' || variables.held",
    message: `'spec.nodeSelector asks for region "' + variables.selected + '"; set topology.kubernetes.io/region to one of ' + variables.wanted`,
  },
  {
    holds: "variables.pod.?nodeName.orValue('') == '' || (object.kind == 'Pod' && request.operation != 'CREATE')",
    message: `'spec.nodeName pins it past the scheduler; remove nodeName and add ' + ${remedy}`,
  },
  {
    holds: '!variables.isPod || variables.held || variables.byDaemonSet || variables.terms.size() > 0',
    message: `'it has no required node affinity; add ' + ${remedy}`,
  },
  {
    holds: `variables.held || variables.byDaemonSet || variables.terms.all(t, t.?matchExpressions.orValue([]).exists(e, e.key == ${region} && e.operator == 'In' && e.?values.orValue([]).size() > 0 && e.values.all(v, v in variables.regions)))`,
    message:
      "'a nodeSelectorTerm names no region, or one that is not allowed; terms are alternatives, so each needs {key: topology.kubernetes.io/region, operator: In, values: ' + variables.wanted + '}'",
  },
  {
    holds: [
      "variables.isPod || object.spec.?claimRef.?namespace.orValue('') != params.spec.targetNamespace || (",
      `object.metadata.?labels.orValue({}).all(k, !(k.endsWith('/region') || k.endsWith('/zone')) || object.metadata.labels[k].split('__').all(p, ${placeAllowed('p')}))`,
      ' && object.spec.?nodeAffinity.?required.?nodeSelectorTerms.orValue([]).all(t, t.?matchExpressions.orValue([]).all(e,',
      ` !${isPlace} || e.operator != 'In' || e.?values.orValue([]).all(v, ${placeAllowed('v')})))`,
      ')',
    ].join(''),
    message:
      "'it lies outside, and is claimed from namespace ' + params.spec.targetNamespace + '; use a volume in one of ' + variables.wanted",
  },
];

const everything = ['CREATE', 'UPDATE'];

/** One for the cluster; each policy has a binding that names it as the parameter. */
export function admissionPolicy(): Applied {
  return {
    metadata: { name: ADMISSION_POLICY, labels: MANAGED_BY },
    spec: {
      failurePolicy: 'Fail',
      paramKind: { apiVersion: apiVersionOf(kinds.policy), kind: kinds.policy.kind },
      matchConstraints: {
        resourceRules: [
          resources('', ['pods', 'replicationcontrollers', 'persistentvolumes']),
          resources('apps', ['deployments', 'statefulsets', 'daemonsets', 'replicasets']),
          resources('batch', ['jobs', 'cronjobs']),
        ],
      },
      variables: Object.entries(variables).map(([name, expression]) => ({ name, expression })),
      validations: rules.map(({ holds, message }) => ({
        expression: `variables.settled || (${holds})`,
        messageExpression: `variables.prefix + ${message}`,
        reason: 'Forbidden',
      })),
    },
  };
}

function resources(group: string, plurals: readonly string[]): object {
  return { apiGroups: [group], apiVersions: ['v1'], operations: everything, resources: plurals };
}
