import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { apiCaller, type CallApi } from './api-request.ts';
import { etcd, kubeApiserver, kubeControllerManager } from './binaries/artifacts.ts';
import { provide } from './binaries/provide.ts';
import * as programs from './control-plane-programs.ts';
import { type Credentials, type KeyPairFiles, writeCredentials } from './credentials.ts';
import { installCustomResources } from './custom-resources.ts';
import { chosenRelease } from './external-secrets-release.ts';
import { testContext, writeKubeconfig } from './kubeconfig.ts';
import { freePorts } from './ports.ts';
import { type Lifetime, type RunningProcess, startProcess, stopAll } from './processes.ts';
import { waitFor } from './wait.ts';

/** A real Kubernetes API of one run. The kubeconfig, and the certificate it holds, are a cluster administrator's. */
export type ControlPlane = {
  kubeconfig: string;
  context: string;
  url: string;
  caFile: string;
  certFile: string;
  keyFile: string;
  /** What a node of this cluster serves with. */
  node: KeyPairFiles;
  call: CallApi;
  /** Ends the API server and starts it again where it was; what it stores stays. */
  restartApiServer: () => Promise<void>;
  stop: () => Promise<void>;
};

/** `customResources`: files of definitions to install; default: those of External Secrets. */
export type ControlPlaneOptions = { dir: string; lifetime?: Lifetime; customResources?: readonly string[] };

/**
 * Starts etcd, kube-apiserver and kube-controller-manager on free loopback ports, with all files in `dir`.
 * There is no kubelet, no scheduler and no deployment controller: a Deployment is stored and makes no pods.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { dir, lifetime = 'parent' } = options;
  const files = await findFiles(options);
  await mkdir(dir, { recursive: true });
  const credentials = await writeCredentials(join(dir, 'credentials'));
  const ports = await choosePorts();
  const place = { dir, lifetime, credentials, ports };
  const { caFile, admin } = credentials;
  const access = { url: `https://127.0.0.1:${ports.api}`, caFile, ...admin };
  const kubeconfig = join(dir, 'admin.kubeconfig');
  await writeKubeconfig(kubeconfig, { ...access, user: admin });
  const call = apiCaller(access);

  const running: RunningProcess[] = [];
  const stop = () => stopAll(running.toReversed());
  const startApiServer = () => startProcess(programs.apiServer(place, files.apiServer, call));
  const restartApiServer = async () => {
    const at = running.findIndex(({ name }) => name === 'kube-apiserver');
    await running[at]?.stop();
    running[at] = await startApiServer();
  };
  try {
    running.push(await startProcess(programs.etcd(place, files.etcd)));
    running.push(await startApiServer());
    // Definitions first: the garbage collector learns kinds at its start, and later ones only every 30 seconds.
    for (const file of files.customResources) await installCustomResources(call, file);
    const managerConfig = await writeManagerKubeconfig(dir, access, credentials);
    running.push(await startProcess(programs.controllerManager(place, files.controllerManager, managerConfig)));
    await defaultNamespaceIsComplete(call);
  } catch (error) {
    await stop();
    throw error;
  }
  return { kubeconfig, context: testContext, ...access, node: credentials.node, call, restartApiServer, stop };
}

async function findFiles({ customResources }: ControlPlaneOptions) {
  return {
    etcd: (await provide(etcd)).path,
    apiServer: (await provide(kubeApiserver)).path,
    controllerManager: (await provide(kubeControllerManager)).path,
    customResources: customResources ?? [(await provide(chosenRelease().definitions)).path],
  };
}

async function choosePorts(): Promise<programs.Ports> {
  const [api = 0, etcdClient = 0, etcdPeer = 0, manager = 0] = await freePorts(4);
  return { api, etcdClient, etcdPeer, manager };
}

async function writeManagerKubeconfig(dir: string, { url, caFile }: { url: string; caFile: string }, own: Credentials) {
  const file = join(dir, 'controller-manager.kubeconfig');
  await writeKubeconfig(file, { url, caFile, user: own.controllerManager });
  return file;
}

/** The controllers' first work, and proof that they run. */
const defaultNamespaceIsComplete = (call: CallApi): Promise<void> =>
  waitFor({
    what: 'service account and root certificate of namespace default',
    until: async () => {
      const paths = ['serviceaccounts/default', 'configmaps/kube-root-ca.crt'];
      const found = await Promise.all(
        paths.map((path) => call({ method: 'GET', path: `/api/v1/namespaces/default/${path}` })),
      );
      return found.every(({ status }) => status === 200);
    },
    seconds: 60,
  });
