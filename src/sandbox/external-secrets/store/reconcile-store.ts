import type { ObjectRef } from '../../kubernetes/in-process.ts';
import { membersOf, same } from '../../kubernetes/json.ts';
import type { KubeObject } from '../../kubernetes/object.ts';
import type { Cluster } from '../cluster.ts';
import { type Condition, readyCondition } from '../conditions.ts';
import type { Recorder } from '../events.ts';
import { type Failure, failureIn } from '../failure.ts';
import { operatorManager } from '../names.ts';
import type { StoreProviders, StoreReader } from '../readers/reader.ts';
import type { StoreRef } from '../spec.ts';
import type { Outcome } from '../work-queue.ts';
import { providerOf } from './open-store.ts';

/** How often a store is checked again when its spec does not say: five minutes. */
const checkEvery = 300;

/** Checks a store and writes down whether it can be used. Ready says no more than the operator's own check does. */
export const reconcileStore = async (
  cluster: Cluster,
  providers: StoreProviders,
  record: Recorder,
  name: ObjectRef,
): Promise<Outcome> => {
  const store = cluster.objects.get(name);
  if (store === undefined || store.metadata.deletionTimestamp !== undefined) return { next: 'wait' };
  const interval = Number(membersOf(store['spec'])['refreshInterval'] ?? 0) || checkEvery;
  const verdict = await judge(cluster, providers, store);
  record(store, verdict.eventType, verdict.reason, verdict.event);
  const { provider } = verdict;
  if (provider?.unmaintained === true) {
    record(
      store,
      'Warning',
      'StoreUnmaintained',
      "store isn't currently maintained. Please plan and prepare accordingly.",
    );
  }
  writeStatus(
    cluster,
    store,
    readyCondition(store, verdict.status, verdict.reason, verdict.message),
    provider?.capabilities,
  );
  return verdict.status === 'True' ? { next: 'again', after: interval } : { next: 'retry' };
};

interface Verdict {
  readonly status: Condition['status'];
  readonly reason: 'Valid' | 'ValidationUnknown' | 'InvalidProviderConfig';
  readonly message: string;
  readonly eventType: 'Normal' | 'Warning';
  readonly event: string;
  /** Of a store that was found to be good. */
  readonly provider?: { readonly capabilities: string; readonly unmaintained?: boolean };
}

const judge = async (cluster: Cluster, providers: StoreProviders, store: KubeObject): Promise<Verdict> => {
  let reader: StoreReader | undefined;
  try {
    const { provider, block } = providerOf(store, providers);
    const ref: StoreRef = {
      kind: store.kind === 'ClusterSecretStore' ? 'ClusterSecretStore' : 'SecretStore',
      name: store.metadata.name,
    };
    reader = await provider.open(block, { cluster, store: ref, namespace: store.metadata.namespace ?? '' });
    await reader.validate();
    return {
      status: 'True',
      reason: 'Valid',
      message: 'store validated',
      eventType: 'Normal',
      event: 'store validated',
      provider,
    };
  } catch (error) {
    const failure = failureIn(error);
    if (failure === undefined) throw error;
    return badVerdict(failure, reader !== undefined);
  } finally {
    await reader?.close?.();
  }
};

const badVerdict = (failure: Failure, opened: boolean): Verdict => {
  const shown = { eventType: 'Warning', event: failure.message } as const;
  if (opened && failure.kind === 'unknown') {
    // The operator calls it ready all the same.
    return { status: 'True', reason: 'ValidationUnknown', message: 'could not determine validation status', ...shown };
  }
  const message = opened ? 'unable to validate store' : 'unable to create client';
  return { status: 'False', reason: 'InvalidProviderConfig', message, ...shown };
};

const writeStatus = (
  cluster: Cluster,
  store: KubeObject,
  condition: Condition,
  capabilities: string | undefined,
): void => {
  const before = membersOf(store['status']);
  const status = { ...before, conditions: [condition], ...(capabilities === undefined ? {} : { capabilities }) };
  if (!same(before, status)) cluster.objects.updateStatus({ ...store, status }, operatorManager);
};
