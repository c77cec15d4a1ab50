import { z } from 'zod';
import { openMailbox } from '../../engine/mailbox.ts';
import type { ManagedCluster, Ports, TokenIssuer } from '../../engine/ports.ts';
import type { ConnectContext, Connection } from '../../engine/provider.ts';
import type { DefinedKind } from '../../engine/resource.ts';
import { checkSettings } from '../../engine/settings.ts';
import { LabError } from '../../errors.ts';
import { reveal } from '../../secrets/secret.ts';
import type { Access } from './access/access.ts';
import { managedAccess } from './access/managed-access.ts';
import { openAccess } from './client.ts';
import { openKeeper, type SendAs } from './keeper.ts';
import { openDiscovery } from './objects/discovery.ts';
import { type KubeClient, openObjects } from './objects/object-api.ts';
import { openOwnObjects } from './objects/own-objects.ts';
import { servedGateState } from './objects/served-gate.ts';
import { secret } from './secret.ts';
import { openTokens } from './tokens.ts';
import { openTunnel } from './tunnel/tunnel.ts';
import { openTransport } from './wire/transport.ts';

const connectionSchema = z.union([
  z.strictObject({ context: z.string().min(1), kubeconfig: z.string().min(1).optional() }),
  z.strictObject({ aks: z.strictObject({ resourceGroup: z.string().min(1), name: z.string().min(1) }) }),
  z.strictObject({ eks: z.strictObject({ region: z.string().min(1), name: z.string().min(1) }) }),
]);

type Config = z.output<typeof connectionSchema>;

const incomplete = 'It needs `context`, a context of your kubeconfig, or `aks`, or `eks`.';

/** One cluster in one run. Sends nothing to it yet; where a cloud's cluster is, the cloud is asked. */
export const openConnection = async (
  kinds: readonly DefinedKind<KubeClient>[],
  config: unknown,
  { readOnly, env, signal, stopping, ports }: ConnectContext,
): Promise<Connection> => {
  const settings = checkSettings(connectionSchema, config, ['cluster'], incomplete);
  const managed = await managedCluster(settings, ports);
  const access = await accessTo(settings, managed, env);
  const transport = openTransport(access, readOnly, signal);
  const { send, upgrade } = transport;
  const discovery = openDiscovery(send);
  const tokens = openTokens(send);
  const objects = openObjects({ send, discovery, stopping });
  const client: KubeClient = { send, discovery, stopping, objects, ...(managed === undefined ? {} : { managed }) };
  const scope = once(() => clusterUid(client));
  // A run that is aborted still writes down how far it got.
  const own = openTransport(access, readOnly, new AbortController().signal);

  return {
    scope,
    describe: async () => `cluster ${access.context}, uid ${await scope().then(shortened, unknownUid)}`,
    gate: (name) => servedGateState(discovery, name),
    kind: (name) => {
      const kind = kinds.find((candidate) => candidate.kind === name);
      if (kind === undefined) throw new LabError('BAD_MANIFEST', `the provider kubernetes has no kind ${name}`);
      return kind.bind(client);
    },
    offers: {
      objects,
      ownObjects: openOwnObjects(own.send),
      tokens,
      tunnel: openTunnel({ send, upgrade, context: access.context }),
      keeper: (namespace) =>
        openKeeper(send, namespace, `cluster ${access.context} as ${access.user}`, sendAs(access, tokens, signal)),
      mailbox: (namespace, name) =>
        openMailbox(secret.bind(client), {
          provider: 'kubernetes',
          scope,
          id: [namespace, name],
          field: ['data', 'value'],
        }),
    },
    writes: () => transport.writes(),
    close: async () => {
      await Promise.all([transport.close(), own.close()]);
    },
  };
};

/** With a token of its own, and nothing of lab's credentials. */
const sendAs =
  (access: Access, tokens: TokenIssuer, signal: AbortSignal): SendAs =>
  async (account, call) => {
    const token = await tokens.token(account, []);
    const { tls } = await access.credentials();
    const { cert: _, key: __, ...server } = tls;
    const headers = { authorization: `Bearer ${reveal(token)}` };
    const other = openTransport({ ...access, credentials: async () => ({ headers, tls: server }) }, true, signal);
    try {
      return await other.send(call);
    } finally {
      await other.close();
    }
  };

const managedCluster = async (config: Config, ports: Ports): Promise<ManagedCluster | undefined> => {
  if ('aks' in config) return (await ports.aks()).find(config.aks);
  return 'eks' in config ? (await ports.eks()).find(config.eks) : undefined;
};

const accessTo = async (
  config: Config,
  managed: ManagedCluster | undefined,
  env: ConnectContext['env'],
): Promise<Access> => {
  if (managed !== undefined) return managedAccess(managed, env);
  if (!('context' in config)) throw new TypeError('a cluster is of a kubeconfig or of a cloud');
  const { context, kubeconfig } = config;
  return openAccess({ context, ...(kubeconfig === undefined ? {} : { kubeconfig }) }, env);
};

/** A cluster has no name of its own; the uid of its oldest namespace never changes. */
const clusterUid = async ({ objects }: KubeClient): Promise<string> => {
  const uid = (await objects.get({ group: '', kind: 'Namespace', name: 'kube-system' }))?.metadata.uid;
  if (uid === undefined) throw new LabError('UNREACHABLE', 'the cluster has no namespace kube-system to know it by');
  return uid;
};

const shortened = (uid: string): string => `${uid.slice(0, 4)}…`;

const unknownUid = (error: unknown): string => {
  if (error instanceof LabError) return `not known: ${error.message}`;
  throw error;
};

/** Asks once; an error is asked again. */
const once = <Value>(ask: () => Promise<Value>): (() => Promise<Value>) => {
  let asked: Promise<Value> | undefined;
  return () => {
    asked ??= ask().catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };
};
