import type { Objects } from './kubernetes/in-process.ts';
import type { KubeObject } from './kubernetes/object.ts';
import type { VaultSandbox } from './vault/start.ts';

/** A Secret of the cluster. */
export interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

/** A Service of the cluster, and its port. */
export interface ServiceName extends SecretName {
  readonly port: number;
}

const podOf = ({ name }: ServiceName): string => `${name}-0`;

/** Whether a pod is the one that the sandbox's Vault runs in. */
export const isVaultPod = (service: ServiceName | undefined, pod: SecretName): boolean =>
  service !== undefined && pod.namespace === service.namespace && pod.name === podOf(service);

/** Plays those who deploy Vault: once all Secrets that it needs are there, it starts: initialised and unsealed, or with empty storage. Answers how to stop. */
export const playDeployment = (
  objects: Objects,
  vault: VaultSandbox,
  deployment: {
    readonly needs: readonly SecretName[];
    readonly startsAfterMs: number;
    readonly empty: boolean;
    readonly service?: ServiceName;
  },
): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const ready = deployment.needs.every((name) => objects.get({ group: '', kind: 'Secret', ...name }) !== undefined);
    if (!ready || timer !== undefined || vault.state() !== 'absent') return;
    timer = setTimeout(() => {
      if (deployment.service !== undefined) placeInCluster(objects, deployment.service);
      void vault.enter(deployment.empty ? 'uninitialised' : 'active');
    }, deployment.startsAfterMs);
  };
  const unwatch = objects.onChange(look);
  look();
  return () => {
    unwatch();
    clearTimeout(timer);
  };
};

const manager = 'helm';

/** The Service and the pod that Vault is reached by. */
const placeInCluster = (objects: Objects, service: ServiceName): void => {
  const { namespace, name, port } = service;
  const labels = { 'app.kubernetes.io/name': name, component: 'server' };
  const put = (object: KubeObject): void => {
    objects.apply(object, manager, { force: true });
  };
  put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  put({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: labels, ports: [{ name: 'http', port, targetPort: port }], publishNotReadyAddresses: true },
  });
  const pod = podOf(service);
  if (objects.get({ group: '', kind: 'Pod', namespace, name: pod }) !== undefined) return;
  const containers = [{ name: 'vault', image: 'vault', ports: [{ name: 'http', containerPort: port }] }];
  const made = objects.create(
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: pod, namespace, labels }, spec: { containers } },
    manager,
  );
  const conditions = [{ type: 'Ready', status: 'True' }];
  objects.updateStatus({ ...made, status: { phase: 'Running', conditions } }, manager);
};
