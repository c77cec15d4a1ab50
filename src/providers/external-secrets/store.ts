import type { Settled, WriteRequest } from '../../engine/resource.ts';
import type { Fields } from '../../engine/value.ts';
import type { EsoClient } from './client.ts';
import { type Condition, readyCondition } from './conditions.ts';
import { crdGate, type Definition } from './definitions.ts';
import { eventsAbout, newestMessage } from './events.ts';
import { isFresh, remember } from './freshness.ts';
import { applyObject, getObject, readsOf, refOf } from './objects.ts';
import { storeNeeds } from './store-needs.ts';
import { checkStore, type StoreSpec, storeFields, storeSpecOf } from './store-spec.ts';
import { storeUsers } from './store-users.ts';
import { storeVisit } from './store-visit.ts';

/** Everything that SecretStore and ClusterSecretStore have in common as kinds. */
export const storeKind = (kind: Exclude<Definition, 'ExternalSecret'>) => {
  const own = ([first]: readonly string[]): string | undefined => (kind === 'SecretStore' ? first : undefined);
  return {
    fields: storeFields,
    ownership: 'whole',
    mark: 'own',
    writes: 'apply',
    precondition: 'server',
    check: checkStore,
    gates: () => [crdGate(kind)],
    link: (id: readonly string[], { provider }: Fields) => storeVisit(provider, own(id)),
    after: (id: readonly string[], { provider }: Partial<StoreSpec>) => storeNeeds(provider, own(id)),
    ...readsOf(kind, storeSpecOf),
    write: (client: EsoClient, request: WriteRequest<StoreSpec>) => writeStore(client, kind, request),
    settled: async (client: EsoClient, id: readonly string[]): Promise<Settled> => {
      const store = await getObject(client, kind, id);
      if (store === undefined) return { state: 'failed', because: 'somebody has deleted it' };
      const ready = readyCondition(store);
      if (ready?.status === 'True') {
        const fresh = await isFresh(client, store, { tells: ({ reason }) => reason === ready.reason });
        return storeSettled(ready, { fresh, cause: undefined, namespace: client.namespace });
      }
      const events = await eventsAbout(client.objects, store);
      const cause = newestMessage(events, ({ reason }) => reason === ready?.reason);
      return storeSettled(ready, { fresh: true, cause, namespace: client.namespace });
    },
    remove: (client: EsoClient, id: readonly string[]) => client.objects.remove(refOf(kind, id)),
    keep: (client: EsoClient, id: readonly string[]) => storeUsers(client, kind, id.at(-1) ?? '', own(id)),
  } as const;
};

const writeStore = async (
  client: EsoClient,
  kind: Definition,
  { spec, ...request }: WriteRequest<StoreSpec>,
): Promise<void> => {
  const { provider, conditions, refreshInterval, ...metadata } = spec;
  if (request.live.exists === 'yes') {
    const store = await getObject(client, kind, request.id);
    if (store !== undefined) await remember(client, store);
  }
  const fields = {
    provider,
    ...(conditions === undefined ? {} : { conditions }),
    ...(refreshInterval === undefined ? {} : { refreshInterval }),
  };
  await applyObject(client, kind, { ...request, metadata, spec: fields });
};

/** What goes with the condition Ready of a store. */
export interface StoreSight {
  /** Whether the condition was found after the last write. */
  readonly fresh: boolean;
  /** The newest event's message. */
  readonly cause: string | undefined;
  /** Where the operator runs. */
  readonly namespace: string;
}

/**
 * What the condition Ready of a store comes to. Ready proves less than it says (Azure never asks the vault, a store
 * without namespaces in its references is not checked at all), and reason ValidationUnknown is Ready too: nothing more
 * is to be learnt by waiting. Not ready is never final, because the server behind the store may still come up.
 */
export const storeSettled = (ready: Condition | undefined, { fresh, cause, namespace }: StoreSight): Settled => {
  if (ready === undefined) {
    return { state: 'waiting', because: `External Secrets in namespace ${namespace} has not looked at it yet` };
  }
  if (ready.status !== 'True') {
    return { state: 'waiting', because: cause === undefined ? ready.message : `${ready.message}: ${cause}` };
  }
  return fresh ? { state: 'done' } : { state: 'waiting', because: 'External Secrets has not looked at the change yet' };
};
