import { inject } from 'vitest';
import { type OwnObjects, ownSecretType } from '../../../src/engine/ports.ts';
import { type ClusterStoreOptions, clusterStore } from '../../../src/state/cluster/store.ts';
import type { StoreCase } from '../../state/conformance.ts';
import { runSession, type SessionCluster } from '../../state/session-process.ts';
import { connect, type Stranger, stranger, uniqueName } from '../kubernetes/cluster.ts';

/** A state in a namespace of the shared cluster that is not there yet. */
export interface ClusterCase extends StoreCase {
  readonly where: SessionCluster;
  readonly place: ClusterStoreOptions['place'];
  readonly objects: OwnObjects;
  readonly someone: Stranger;
  readonly open: (more?: Partial<ClusterStoreOptions>) => ReturnType<typeof clusterStore>;
  /** The Secrets of the state, decoded, by name. */
  readonly secrets: () => Promise<readonly StateSecret[]>;
}

/** A Secret of a state. */
export interface StateSecret {
  readonly name: string;
  readonly version: string;
  readonly texts: Readonly<Record<string, string>>;
}

/** A fresh state in the cluster. */
export const clusterCase = async (more: Partial<ClusterStoreOptions> = {}): Promise<ClusterCase> => {
  const [objects, someone] = [await ownObjects(), await stranger()];
  const namespace = uniqueName('state');
  const owner = { name: 'shop', environment: 'kind' };
  const place = { namespace, ...owner };
  const { kubeconfig, context } = inject('servers');
  const { timing } = more;
  const where = { kubeconfig, context, namespace, ...(timing === undefined ? {} : { timing }) };
  const path = `/api/v1/namespaces/${namespace}/secrets`;
  const secrets = async (): Promise<readonly StateSecret[]> => {
    // What a list answers, read as far as it is needed.
    const list: { items?: { type: string; metadata: { name: string; resourceVersion: string }; data?: object }[] } =
      JSON.parse(JSON.stringify(await someone('GET', path)));
    return (list.items ?? [])
      .filter(({ type }) => type === ownSecretType)
      .map(({ metadata, data }) => ({
        name: metadata.name,
        version: metadata.resourceVersion,
        texts: Object.fromEntries(
          Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(String(value), 'base64').toString()]),
        ),
      }));
  };
  const open = (options: Partial<ClusterStoreOptions> = {}) => clusterStore({ place, objects, ...more, ...options });
  return {
    where,
    place,
    objects,
    someone,
    secrets,
    open,
    store: () => open(),
    crash: async (entries) => {
      await runSession({ where, ...owner, entries, ending: 'die' });
    },
    stored: async () => {
      const found = await secrets();
      return found.map(({ name, version, texts }) => [name, version, ...Object.values(texts)].join('\n')).join('\n');
    },
    damage: async (identity, text) => {
      for (const { name, texts } of await secrets()) {
        if (!name.includes('.document.')) continue;
        const lines = (texts['text'] ?? '').split('\n').map((line) => {
          if (!line.includes(`"identity":"${identity}"`)) return line;
          return line.endsWith(',') ? `${text},` : text;
        });
        const data = { text: Buffer.from(lines.join('\n')).toString('base64') };
        await someone('PATCH', `${path}/${name}`, { data });
      }
    },
  };
};

/** The objects that lab keeps state in, on the shared cluster. */
export const ownObjects = async (readOnly = false): Promise<OwnObjects> => {
  const { offers } = await connect({ readOnly });
  if (offers.ownObjects === undefined) throw new Error('the cluster does not offer its own objects');
  return offers.ownObjects;
};
