import { readFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import { Agent, request } from 'undici';
import type { ControlPlane } from '../test/servers/control-plane.ts';
import { data, namespace, type Objects, rules } from './objects.ts';

/** As many at a time per server as lab's --parallelism, over connections that stay open. */
const parallelism = 10;

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly body?: object;
}

/** The two servers spoken to without any tool. */
export interface RawServers {
  /** Milliseconds to read every object once. */
  read(objects: Objects): Promise<number>;
  /** Milliseconds to create every object, by one request each. */
  write(objects: Objects): Promise<number>;
  close(): Promise<void>;
}

/** Connects to a control plane and a Vault. */
export const rawServers = async (
  cluster: ControlPlane,
  vault: { readonly address: string; readonly token: string },
): Promise<RawServers> => {
  const [ca, cert, key] = await Promise.all(
    [cluster.caFile, cluster.certFile, cluster.keyFile].map((file) => readFile(file)),
  );
  const options = { connections: parallelism };
  const kubernetes = new Agent({
    ...options,
    connect: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
  });
  const plain = new Agent(options);

  const send = async (dispatcher: Agent, headers: Record<string, string>, { method, url, body }: Call) => {
    const answer = await request(url, {
      method,
      dispatcher,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await answer.body.dump();
    if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.statusCode}`);
  };

  const timed = async (toCluster: readonly Call[], toVault: readonly Call[]): Promise<number> => {
    const [clusterLimit, vaultLimit] = [pLimit(parallelism), pLimit(parallelism)];
    const started = performance.now();
    await Promise.all([
      ...toCluster.map((call) => clusterLimit(() => send(kubernetes, {}, call))),
      ...toVault.map((call) => vaultLimit(() => send(plain, { 'X-Vault-Token': vault.token }, call))),
    ]);
    return performance.now() - started;
  };

  const maps = `${cluster.url}/api/v1/namespaces/${namespace}/configmaps`;
  const policy = (name: string) => `${vault.address}/v1/sys/policies/acl/${name}`;
  return {
    read: ({ configMaps, policies }) =>
      timed(
        configMaps.map((name) => ({ method: 'GET', url: `${maps}/${name}` })),
        policies.map((name) => ({ method: 'GET', url: policy(name) })),
      ),
    write: ({ configMaps, policies }) =>
      timed(
        configMaps.map((name) => ({ method: 'POST', url: maps, body: { metadata: { name }, data } })),
        policies.map((name) => ({ method: 'PUT', url: policy(name), body: { policy: rules } })),
      ),
    close: async () => {
      await Promise.all([kubernetes.close(), plain.close()]);
    },
  };
};
