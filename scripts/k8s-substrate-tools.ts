/** What is built for the tests on Kubernetes, in the order in which they are worth having. */

/** A tool, or with no `binary` a module of which only files are taken. */
export interface Tool {
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** Package of the program. */
  readonly binary?: string;
  /** Module of `binary` where it is another one than `module`, and so no `go install` can name it. */
  readonly staging?: true;
  /** `-X` settings of the linker. */
  readonly stamps?: readonly string[];
  /** Folders of the module that are kept as `<name>-<version>.files/<folder>`. */
  readonly files?: readonly string[];
}

const kubernetes = '1.36.3';

/** Without its version stamped in, the server calls itself v0.0.0-master, and version gates go by that. */
const kubernetesStamps = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) => [
  `${path}.gitVersion=v${kubernetes}`,
  `${path}.gitMajor=${kubernetes.split('.')[0]}`,
  `${path}.gitMinor=${kubernetes.split('.')[1]}`,
]);

function kubernetesTool(name: string): Tool {
  return {
    name,
    module: 'k8s.io/kubernetes',
    version: `v${kubernetes}`,
    binary: `k8s.io/kubernetes/cmd/${name}`,
    staging: true,
    stamps: kubernetesStamps,
  };
}

const gatekeeper = { module: 'github.com/open-policy-agent/gatekeeper/v3', version: 'v3.23.1' };

export const tools: readonly Tool[] = [
  { name: 'etcd', module: 'go.etcd.io/etcd/server/v3', version: 'v3.6.15', binary: 'go.etcd.io/etcd/server/v3' },
  kubernetesTool('kube-apiserver'),
  {
    name: 'gatekeeper',
    ...gatekeeper,
    binary: gatekeeper.module,
    files: ['config/crd/bases', 'charts/gatekeeper/crds'],
  },
  kubernetesTool('kube-controller-manager'),
  { name: 'gator', ...gatekeeper, binary: `${gatekeeper.module}/cmd/gator` },
  { name: 'helm', module: 'helm.sh/helm/v3', version: 'v3.22.0', binary: 'helm.sh/helm/v3/cmd/helm' },
  { name: 'openreports', module: 'github.com/openreports/reports-api', version: 'v0.2.1', files: ['config/crd'] },
];
