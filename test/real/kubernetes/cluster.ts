import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, inject } from 'vitest';
import type { ConnectContext, Connection } from '../../../src/engine/provider.ts';
import { openAccess } from '../../../src/providers/kubernetes/client.ts';
import { kubernetes } from '../../../src/providers/kubernetes/index.ts';
import { openDiscovery } from '../../../src/providers/kubernetes/objects/discovery.ts';
import { type KubeClient, openObjects } from '../../../src/providers/kubernetes/objects/object-api.ts';
import { openTransport } from '../../../src/providers/kubernetes/wire/transport.ts';
import { type ApiAnswer, apiCaller } from '../../servers/api-request.ts';
import { noPorts } from '../../support/no-ports.ts';

/** What a test wants to be different from a plain writing connection as administrator. */
export interface ConnectOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly readOnly?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** lab's own connection to the shared cluster. */
export const connect = (options: ConnectOptions = {}): Promise<Connection> => {
  const { kubeconfig, context } = inject('servers');
  return kubernetes.connect(
    { context: options.context ?? context, kubeconfig: options.kubeconfig ?? kubeconfig },
    contextWith(options),
  );
};

/** What a connection gets from outside; no ambient settings unless given. */
export const contextWith = ({ readOnly = false, env = {}, signal }: ConnectOptions = {}): ConnectContext => {
  return {
    readOnly,
    env,
    ports: noPorts,
    resolve: async () => undefined,
    signal: signal ?? new AbortController().signal,
    stopping: signal ?? new AbortController().signal,
  };
};

const folders: string[] = [];
afterAll(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true }))));

/** A folder that goes away with the test file: it may hold credentials. */
export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'lab-test-'));
  folders.push(folder);
  return folder;
};

/** A name that no other test uses. */
export const uniqueName = (what: string): string => `${what}-${randomBytes(4).toString('hex')}`;

/** The parts of a kubeconfig that the tests rewrite. */
export interface Kubeconfig {
  clusters: { name: string; cluster: Record<string, unknown> }[];
  users: { name: string; user: Record<string, unknown> }[];
  contexts: { name: string; context: { cluster: string; user: string } }[];
  [field: string]: unknown;
}

/** The administrator's kubeconfig with something changed, in a file of its own. */
export const kubeconfigWith = async (change: (config: Kubeconfig) => void): Promise<string> => {
  const config: Kubeconfig = JSON.parse(await readFile(inject('servers').kubeconfig, 'utf8'));
  change(config);
  const file = join(await temporaryFolder(), 'config');
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
};

/** The same, with another user for the one context. */
export const kubeconfigAs = (user: Record<string, unknown>): Promise<string> =>
  kubeconfigWith((config) => {
    config.users = [{ name: config.contexts[0]?.context.user ?? '', user }];
  });

/** Somebody else's hand on the cluster: an administrator who is not lab. Answers the body; throws on a failing status. */
export type Stranger = (
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  contentType?: string,
) => Promise<StrangersObject>;

/** What a stranger sees. */
export interface StrangersObject {
  metadata: {
    uid: string;
    resourceVersion: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    managedFields: { manager: string; operation: string }[];
  };
  data?: Record<string, string>;
  spec?: Record<string, unknown>;
}

/** Makes a stranger, whose requests do not go through anything of lab. */
export const stranger = async (): Promise<Stranger> => {
  const { kubeconfig, url, caFile } = inject('servers');
  const config: Kubeconfig = JSON.parse(await readFile(kubeconfig, 'utf8'));
  const folder = await temporaryFolder();
  const user = config.users[0]?.user ?? {};
  const file = async (field: string) => {
    const path = join(folder, field);
    await writeFile(path, Buffer.from(String(user[field]), 'base64'), { mode: 0o600 });
    return path;
  };
  const opened =
    typeof user['token'] === 'string'
      ? { token: user['token'] }
      : { certFile: await file('client-certificate-data'), keyFile: await file('client-key-data') };
  const call = apiCaller({ url, caFile, ...opened });
  return async (method, path, body, contentType = 'application/merge-patch+json') => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const type = method === 'PATCH' ? { contentType } : {};
    const answer: ApiAnswer = await call({ method, path, ...sent, ...type });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body);
  };
};

/** Whether a stranger finds something at a path. */
export const isThere = (someone: Stranger, path: string): Promise<boolean> =>
  someone('GET', path).then(
    () => true,
    () => false,
  );

/** lab's client without the provider around it, for what a connection does not show. */
export const openWire = async (): Promise<KubeClient & { close(): Promise<void> }> => {
  const { kubeconfig, context } = inject('servers');
  const access = await openAccess({ context, kubeconfig }, {});
  const transport = openTransport(access, false, new AbortController().signal);
  const { send } = transport;
  const discovery = openDiscovery(send);
  return { send, discovery, objects: openObjects({ send, discovery }), close: () => transport.close() };
};
