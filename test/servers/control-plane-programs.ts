import type { CallApi } from './api-request.ts';
import type { Credentials } from './credentials.ts';
import type { Launch, Lifetime } from './processes.ts';
import { answers } from './wait.ts';

/** The loopback ports of one control plane. */
export type Ports = { api: number; etcdClient: number; etcdPeer: number; manager: number };

/** What the programs of one control plane share. */
export type Place = { dir: string; lifetime: Lifetime; credentials: Credentials; ports: Ports };

/** etcd with one member and no fsync: its content is thrown away with the run. */
export function etcd({ dir, lifetime, ports }: Place, command: string): Launch {
  const client = `http://127.0.0.1:${ports.etcdClient}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  const args = [
    '--name=lab-test',
    `--data-dir=${dir}/etcd`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=lab-test=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
  return { name: 'etcd', dir, lifetime, command, args, ready: () => answers(`${client}/health`, 200) };
}

/** The API server, with RBAC and its own service account issuer. */
export function apiServer({ dir, lifetime, credentials, ports }: Place, command: string, call: CallApi): Launch {
  const { caFile, server, kubeletClient, serviceAccounts } = credentials;
  const args = [
    `--etcd-servers=http://127.0.0.1:${ports.etcdClient}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${ports.api}`,
    `--tls-cert-file=${server.certFile}`,
    `--tls-private-key-file=${server.keyFile}`,
    `--client-ca-file=${caFile}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/24',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${serviceAccounts.publicFile}`,
    `--service-account-signing-key-file=${serviceAccounts.privateFile}`,
    `--kubelet-certificate-authority=${caFile}`,
    `--kubelet-client-certificate=${kubeletClient.certFile}`,
    `--kubelet-client-key=${kubeletClient.keyFile}`,
    '--endpoint-reconciler-type=none',
    '--profiling=false',
  ];
  const ready = async () => (await call({ method: 'GET', path: '/readyz' })).body === 'ok';
  return { name: 'kube-apiserver', dir, lifetime, command, args, ready };
}

/** Of the controllers only those that give tests what a real cluster would: accounts, tokens, clean-up. */
const controllers = [
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'namespace-controller',
  'garbage-collector-controller',
  'legacy-serviceaccount-token-cleaner-controller',
  'clusterrole-aggregation-controller',
];

/** The controller manager, as its own user. */
export function controllerManager(
  { dir, lifetime, credentials, ports }: Place,
  command: string,
  kubeconfig: string,
): Launch {
  const args = [
    `--kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.manager}`,
    '--leader-elect=false',
    `--controllers=${controllers.join(',')}`,
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${credentials.serviceAccounts.privateFile}`,
    `--root-ca-file=${credentials.caFile}`,
  ];
  // Its port asks for credentials that only a cluster's components have; what it does shows its readiness.
  return { name: 'kube-controller-manager', dir, lifetime, command, args, ready: async () => true };
}
