import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replacePrivateFile } from '../../secrets/private-file.ts';
import { type LoopbackServer, serve } from '../http.ts';
import { openDocument } from '../store.ts';
import { issuer, issueToken } from './access/tokens.ts';
import { builtInType, openCluster } from './cluster.ts';
import { type Content, emptyContent } from './content.ts';
import { runControllers } from './controllers/controller.ts';
import { definitions } from './controllers/definitions.ts';
import { garbage } from './controllers/garbage.ts';
import { namespaces } from './controllers/namespaces.ts';
import { externalSecretsDefinitions } from './external-secrets/definitions.ts';
import { furnishCluster } from './furnish.ts';
import { type Objects, openObjects } from './in-process.ts';
import type { KubeObject } from './object.ts';
import { handle, handleUpgrade, type PodPorts } from './serving/handle.ts';
import { openStorage } from './storage.ts';

/** What may be said of a cluster before it starts. */
export interface KubernetesOptions {
  /** Where the cluster's content lasts; default: in memory only. */
  readonly file?: string;
  /** Default: any free port. */
  readonly port?: number;
  /** Administrators whom a cloud vouches for, by their tokens. */
  readonly guest?: (token: string) => string | undefined;
  /** Where ports of its pods are on this machine; default: nothing listens. */
  readonly podPorts?: PodPorts;
  /** CustomResourceDefinitions that are there from the start; default: those of External Secrets. */
  readonly definitions?: readonly KubeObject[];
}

/** A running sandbox cluster: a Kubernetes API on loopback, without nodes. */
export interface SandboxKubernetes {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** Certificate of the authority that signs the server's own. */
  readonly caPem: string;
  /** Bearer token of the administrator. */
  readonly token: string;
  /** Writes a kubeconfig with one context, for its user alone. */
  kubeconfig(file: string, context?: string): Promise<void>;
  readonly objects: Objects;
  /** A token of a service account, for an hour; undefined if there is no such account. No audiences: the cluster's own. */
  requestToken(
    account: { readonly namespace: string; readonly name: string },
    audiences: readonly string[],
  ): string | undefined;
  /** Ends all connections and saves what is not saved yet. */
  stop(): Promise<void>;
}

const nothing: PodPorts = () => undefined;

/** The context that kubeconfigs of the sandbox name unless told otherwise. */
export const sandboxContext = 'lab-sandbox';

/** Starts a cluster, with the content that it had when it stopped. */
export const startKubernetes = async (options: KubernetesOptions = {}): Promise<SandboxKubernetes> => {
  const document = await openDocument<Content>(options.file, emptyContent);
  const { credentials } = document.value;
  const cluster = openCluster(openStorage(document), credentials, options.guest);
  const stopControllers = runControllers(cluster, [definitions, namespaces, garbage]);
  furnishCluster(cluster, options.definitions ?? externalSecretsDefinitions);

  const { certificate: cert, key } = credentials.serving;
  const server: LoopbackServer = await serve({
    tls: { cert, key },
    ...(options.port === undefined ? {} : { port: options.port }),
    handle: async (request) => handle(cluster, server.url, request),
    upgrade: (request, connection) => handleUpgrade(cluster, options.podPorts ?? nothing, request, connection),
  });
  const { url } = server;
  return {
    url,
    caPem: credentials.authority,
    token: credentials.token,
    kubeconfig: (file, context = sandboxContext) =>
      writeKubeconfig(file, { url, authority: credentials.authority, token: credentials.token, context }),
    objects: openObjects(cluster),
    requestToken: ({ namespace, name }, audiences) => {
      const account = cluster.storage.get(builtInType('ServiceAccount'), namespace, name);
      return account && issueToken(cluster, account, audiences.length === 0 ? [issuer] : audiences, 3600);
    },
    stop: async () => {
      await server.close();
      stopControllers();
      await document.close();
    },
  };
};

interface Access {
  readonly url: string;
  readonly authority: string;
  readonly token: string;
  readonly context: string;
}

// JSON is YAML too.
const writeKubeconfig = async (file: string, { url, authority, token, context: name }: Access): Promise<void> => {
  const certificate = Buffer.from(authority).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': certificate } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await replacePrivateFile(file, JSON.stringify(config, null, 2));
};
