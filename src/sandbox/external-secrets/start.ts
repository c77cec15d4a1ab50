import type { ObjectRef } from '../kubernetes/in-process.ts';
import type { KubeObject } from '../kubernetes/object.ts';
import { type Cluster, isRace } from './cluster.ts';
import { recordEvents } from './events.ts';
import { reconcileExternalSecret } from './external-secret/reconcile-external-secret.ts';
import { group, managedLabel } from './names.ts';
import { fake } from './readers/fake.ts';
import { kubernetes } from './readers/kubernetes.ts';
import type { StoreProviders } from './readers/reader.ts';
import { type VaultAddress, vault } from './readers/vault.ts';
import { specOf } from './spec.ts';
import { reconcileStore } from './store/reconcile-store.ts';
import { type Backoff, type Outcome, openWorkQueue } from './work-queue.ts';

/** What an operator of the sandbox works with. */
export interface ExternalSecretsSandboxOptions {
  readonly kubernetes: Cluster;
  /** Kinds of stores beside kubernetes, vault and fake, by their key in `spec.provider`. */
  readonly readers?: StoreProviders;
  /** Default: none, so that every vault store is unreachable. */
  readonly vaultAddress?: VaultAddress;
  /** Default: as the operator's, from one second to seven minutes. */
  readonly backoff?: Backoff;
}

/** A running operator. */
export interface ExternalSecretsSandbox {
  /** Until everything that changed has been dealt with; retries and refreshes to come do not count. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

const defaultBackoff: Backoff = { first: 1_000, most: 420_000 };

/** Starts the operator: it looks through what is there, and from then on at every change. */
export const startExternalSecretsSandbox = (options: ExternalSecretsSandboxOptions): ExternalSecretsSandbox => {
  const { kubernetes: cluster, readers, vaultAddress = () => undefined, backoff = defaultBackoff } = options;
  const providers: StoreProviders = { kubernetes, fake, vault: vault(vaultAddress), ...readers };
  const records = {
    SecretStore: recordEvents(cluster, 'secret-store'),
    ClusterSecretStore: recordEvents(cluster, 'cluster-secret-store'),
    ExternalSecret: recordEvents(cluster, 'external-secrets'),
  };

  const reconcile = (name: ObjectRef): Promise<Outcome> => {
    switch (name.kind) {
      case 'SecretStore':
      case 'ClusterSecretStore':
        return reconcileStore(cluster, providers, records[name.kind], name);
      default:
        return reconcileExternalSecret(cluster, providers, records.ExternalSecret, name);
    }
  };

  const queue = openWorkQueue(async (key) => {
    try {
      return await reconcile(nameOf(key));
    } catch (error) {
      if (isRace(error)) return { next: 'again', after: 0 };
      throw error;
    }
  }, backoff);

  const look = (object: KubeObject): void => {
    const { name, namespace = '', labels } = object.metadata;
    if (kinds.some((kind) => kind === object.kind) && object.apiVersion.startsWith(`${group}/`)) {
      queue.add(keyOf(object.kind, namespace, name));
    }
    if (object.kind !== 'Secret' || object.apiVersion !== 'v1' || labels?.[managedLabel] !== 'true') return;
    for (const one of cluster.objects.list({ group, kind: 'ExternalSecret', namespace })) {
      if (specOf(one).targetName === name) queue.add(keyOf('ExternalSecret', namespace, one.metadata.name));
    }
  };

  const unwatch = cluster.objects.onChange(({ object }) => look(object));
  for (const kind of kinds) for (const object of cluster.objects.list({ group, kind })) look(object);
  return {
    idle: () => queue.idle(),
    stop: () => {
      unwatch();
      return queue.stop();
    },
  };
};

const kinds = ['ClusterSecretStore', 'SecretStore', 'ExternalSecret'] as const;

const keyOf = (kind: string, namespace: string, name: string): string => `${kind}/${namespace}/${name}`;

const nameOf = (key: string): ObjectRef => {
  const [kind = '', namespace = '', name = ''] = key.split('/');
  return { group, kind, name, ...(namespace === '' ? {} : { namespace }) };
};
