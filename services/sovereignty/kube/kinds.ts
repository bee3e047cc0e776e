/** Kinds of object and where the API server serves them. */

export interface Kind {
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

const kind = (group: string, version: string, name: string, [plural, namespaced]: [string, boolean]): Kind => ({
  group,
  version,
  kind: name,
  plural,
  namespaced,
});

export const kinds = {
  policy: kind('compliance.federated.io', 'v1alpha1', 'SovereignPolicy', ['sovereignpolicies', true]),
  namespace: kind('', 'v1', 'Namespace', ['namespaces', false]),
  pod: kind('', 'v1', 'Pod', ['pods', true]),
  node: kind('', 'v1', 'Node', ['nodes', false]),
  volume: kind('', 'v1', 'PersistentVolume', ['persistentvolumes', false]),
  secret: kind('', 'v1', 'Secret', ['secrets', true]),
  event: kind('', 'v1', 'Event', ['events', true]),
  lease: kind('coordination.k8s.io', 'v1', 'Lease', ['leases', true]),
  accessReview: kind('authorization.k8s.io', 'v1', 'SubjectAccessReview', ['subjectaccessreviews', false]),
  template: kind('templates.gatekeeper.sh', 'v1', 'ConstraintTemplate', ['constrainttemplates', false]),
  constraint: kind('constraints.gatekeeper.sh', 'v1beta1', 'K8sGeoResidency', ['k8sgeoresidency', false]),
  admissionPolicy: kind('admissionregistration.k8s.io', 'v1', 'ValidatingAdmissionPolicy', [
    'validatingadmissionpolicies',
    false,
  ]),
  admissionBinding: kind('admissionregistration.k8s.io', 'v1', 'ValidatingAdmissionPolicyBinding', [
    'validatingadmissionpolicybindings',
    false,
  ]),
  openReport: kind('openreports.io', 'v1alpha1', 'Report', ['reports', true]),
  policyReport: kind('wgpolicyk8s.io', 'v1alpha2', 'PolicyReport', ['policyreports', true]),
} as const satisfies Record<string, Kind>;

export function apiVersionOf({ group, version }: Kind): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Path of the collection, or of one object when `name` is given. Every part is escaped. */
export function pathOf(
  of: Kind,
  { namespace, name, subresource }: { namespace?: string; name?: string; subresource?: string } = {},
): string {
  const parts = of.group === '' ? ['api', of.version] : ['apis', of.group, of.version];
  if (of.namespaced && namespace !== undefined) parts.push('namespaces', namespace);
  parts.push(of.plural);
  if (name !== undefined) parts.push(name);
  if (subresource !== undefined) parts.push(subresource);
  return `/${parts.map(encodeURIComponent).join('/')}`;
}
