import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { forward } from '../../src/sandbox/kubernetes/serving/forward.ts';

/** Says of a pod which port of it is where on this machine: `8200=41234`. */
const annotation = 'lab.test/ports';

interface Annotated {
  readonly metadata: { readonly annotations?: unknown };
}

/** Where a port of a pod is; undefined where nothing listens. */
export const localPortOf = (pod: Annotated | undefined, port: number): number | undefined => {
  const annotations = pod?.metadata.annotations;
  const said: unknown =
    typeof annotations === 'object' && annotations !== null ? Reflect.get(annotations, annotation) : undefined;
  const pairs = typeof said === 'string' ? said.split(',') : [];
  const found = pairs.map((pair) => pair.split('=')).find(([inside]) => Number(inside) === port);
  return found === undefined ? undefined : Number(found[1]);
};

/** What leads to the cluster's API as its administrator; throws for a failing status. */
export type Put = (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) => Promise<unknown>;

/** PEM files: what a node serves with, and who signed what the API server shows to it. */
export interface NodeFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
}

/** One pod of a test. */
export interface TestPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** By port of the pod, the port on this machine. */
  readonly ports: Readonly<Record<number, number>>;
  readonly ready?: boolean;
  /** The StatefulSet that it belongs to. */
  readonly set?: { readonly name: string; readonly uid: string };
}

/** Where the pods of a test run. */
export interface Pods {
  run(pod: TestPod): Promise<void>;
  /** As if the node had lost them. */
  cutAll(): void;
  stop(): Promise<void>;
}

/**
 * A node on loopback that forwards ports and does nothing else, registered with the real API server, which comes to it
 * with its own certificate; in the sandbox, which has no nodes, the pods alone.
 */
export const startPods = async (put: Put, name: string, files: NodeFiles | undefined): Promise<Pods> => {
  const running = new Map<string, TestPod>();
  const node = files === undefined ? undefined : await startNode(files, running);
  if (node !== undefined) {
    await put('POST', '/api/v1/nodes', { metadata: { name } });
    await put('PATCH', `/api/v1/nodes/${name}/status`, {
      status: {
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: node.port } },
      },
    });
  }
  return {
    run: async (pod) => {
      const { namespace, name: podName, labels, ports, ready = true, set } = pod;
      running.set(`${namespace}/${podName}`, pod);
      const annotations = {
        [annotation]: Object.entries(ports)
          .map((pair) => pair.join('='))
          .join(','),
      };
      const [first] = Object.keys(ports);
      const containers = [
        { name: 'server', image: 'none', ports: [{ name: 'api', containerPort: Number(first ?? 1) }] },
      ];
      await put('POST', `/api/v1/namespaces/${namespace}/pods`, {
        metadata: {
          name: podName,
          labels,
          annotations,
          ...(set === undefined
            ? {}
            : { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', controller: true, ...set }] }),
        },
        spec: { containers, ...(node === undefined ? {} : { nodeName: name }) },
      });
      await put('PATCH', `/api/v1/namespaces/${namespace}/pods/${podName}/status`, {
        status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
      });
    },
    cutAll: () => node?.cutAll(),
    stop: async () => {
      await node?.stop();
      if (node !== undefined) await put('DELETE', `/api/v1/nodes/${name}`);
    },
  };
};

const startNode = async ({ certFile, keyFile, caFile }: NodeFiles, running: ReadonlyMap<string, TestPod>) => {
  const tls = { cert: readFileSync(certFile), key: readFileSync(keyFile), ca: readFileSync(caFile) };
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: true });
  const open = new Set<{ destroy(): void }>();
  server.on('upgrade', (incoming, socket, head) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    const url = new URL(incoming.url ?? '', 'https://node');
    const pod = running.get(url.pathname.replace('/portForward/', ''));
    const port = Number(url.searchParams.get('port'));
    if (pod === undefined) {
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
      return;
    }
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([key, value]) => [key, String(value)]));
    forward({ headers, socket, head }, { port, local: pod.ports[port] });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const cutAll = () => open.forEach((socket) => socket.destroy());
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cutAll,
    stop: async () => {
      cutAll();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
