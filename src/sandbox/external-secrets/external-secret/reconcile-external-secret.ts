import type { ObjectRef } from '../../kubernetes/in-process.ts';
import { type JsonMap, membersOf, same, textOf } from '../../kubernetes/json.ts';
import type { KubeObject } from '../../kubernetes/object.ts';
import { type Cluster, failureOf } from '../cluster.ts';
import { now, readyCondition } from '../conditions.ts';
import type { Recorder } from '../events.ts';
import { explaining, fail } from '../failure.ts';
import { fenceOf } from '../hashes.ts';
import { managedLabel, operatorManager, ownerHash, ownerLabel, targetManager } from '../names.ts';
import type { StoreProviders } from '../readers/reader.ts';
import { type ExternalSecretSpec, specOf } from '../spec.ts';
import type { Outcome } from '../work-queue.ts';
import { fetchData, type SecretData } from './fetch.ts';
import { cleanUp, prepare } from './life.ts';
import { dueIn, isDue, isIntact } from './refresh.ts';
import { desiredSecret } from './target.ts';

/** What a sync ended with, for the Ready condition. */
interface Synced {
  readonly reason: 'SecretSynced' | 'SecretDeleted' | 'SecretMissing';
  readonly message: string;
  /** The name that `status.binding` gets; undefined leaves it. */
  readonly binding?: string;
}

/** Brings the target of an ExternalSecret to what its store has, and its status to what came of that. */
export const reconcileExternalSecret = async (
  cluster: Cluster,
  providers: StoreProviders,
  record: Recorder,
  name: ObjectRef,
): Promise<Outcome> => {
  const found = cluster.objects.get(name);
  if (found === undefined) return { next: 'wait' };
  if (found.metadata.deletionTimestamp !== undefined) return cleanUp(cluster, found);
  const object = prepare(cluster, found);
  const spec = specOf(object);
  const target = adoptable(cluster, object, spec);
  if (!isDue(object, spec) && isIntact(target, spec)) return nextRefresh(object, spec);

  const started = now();
  let step = 'could not get secret data from provider';
  try {
    const fetched = await fetchData(cluster, providers, record, object, spec);
    step = updating;
    const synced = await sync(cluster, record, object, spec, fetched);
    const done = writeStatus(cluster, object, {
      binding: { name: synced.binding ?? bindingOf(object) },
      conditions: [readyCondition(object, 'True', synced.reason, synced.message)],
      refreshTime: started,
      syncedResourceVersion: fenceOf(object.metadata),
    });
    return nextRefresh(done, spec);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    record(object, 'Warning', 'UpdateFailed', failure.message);
    const { binding, refreshTime = null, ...rest } = membersOf(object['status']);
    const isBound = step === updating && cluster.objects.get(targetOf(object, spec)) !== undefined;
    const touched = isBound ? { name: spec.targetName } : (binding ?? { name: '' });
    const message = failure.condition ?? step;
    const conditions = [readyCondition(object, 'False', 'SecretSyncedError', message)];
    writeStatus(cluster, object, { ...rest, binding: touched, refreshTime, conditions });
    return failure.kind === 'terminal' ? { next: 'wait' } : { next: 'retry' };
  }
};

const updating = 'could not update secret';

const targetOf = ({ metadata: { namespace = '' } }: KubeObject, { targetName }: ExternalSecretSpec): ObjectRef => ({
  group: '',
  kind: 'Secret',
  namespace,
  name: targetName,
});

const nextRefresh = (object: KubeObject, spec: ExternalSecretSpec): Outcome => {
  const after = dueIn(object, spec);
  return after === undefined ? { next: 'wait' } : { next: 'again', after };
};

const bindingOf = (object: KubeObject): string =>
  textOf(membersOf(membersOf(object['status'])['binding'])['name']) ?? '';

/** The Secret that the ExternalSecret names; a strange one is marked before anything else, so that it is watched. */
const adoptable = (cluster: Cluster, object: KubeObject, spec: ExternalSecretSpec): KubeObject | undefined => {
  const secret = cluster.objects.get(targetOf(object, spec));
  if (secret === undefined || secret.metadata.labels?.[managedLabel] === 'true') return secret;
  const labels = { ...secret.metadata.labels, [managedLabel]: 'true' };
  return cluster.objects.update(
    { ...secret, metadata: { ...secret.metadata, labels } },
    targetManager(object.metadata.name),
  );
};

const sync = async (
  cluster: Cluster,
  record: Recorder,
  object: KubeObject,
  spec: ExternalSecretSpec,
  fetched: SecretData,
): Promise<Synced> => {
  const manager = targetManager(object.metadata.name);
  const target = targetOf(object, spec);
  if (fetched.size === 0 && spec.deletionPolicy === 'Retain') {
    return { reason: 'SecretSynced', message: 'secret retained due to DeletionPolicy=Retain' };
  }
  if (fetched.size === 0 && spec.deletionPolicy === 'Delete') {
    if (cluster.objects.get(target) !== undefined) {
      cluster.objects.remove(target);
      record(object, 'Normal', 'Deleted', 'secret deleted due to DeletionPolicy=Delete');
    }
    return { reason: 'SecretDeleted', message: 'secret deleted due to DeletionPolicy=Delete' };
  }
  const synced: Synced = { reason: 'SecretSynced', message: 'secret synced' };
  if (spec.creationPolicy === 'None') return synced;
  if (spec.creationPolicy === 'Owner') removeFormerTargets(cluster, record, object, spec);
  const before = cluster.objects.get(target);
  if (before === undefined && spec.creationPolicy === 'Merge') {
    return { reason: 'SecretMissing', message: 'secret will not be created due to CreationPolicy=Merge' };
  }
  if (before === undefined) {
    cluster.objects.create(await desiredSecret(object, spec, fetched, before), manager);
    record(object, 'Normal', 'Created', 'secret created');
    return { ...synced, binding: spec.targetName };
  }
  const desired = await explaining(`unable to mutate secret ${spec.targetName}: `, () =>
    desiredSecret(object, spec, fetched, before),
  );
  if (before['immutable'] === true && !same(before['data'], desired['data'])) {
    const condition = 'could not update secret, target is immutable';
    return fail(`unable to update secret ${spec.targetName}: secret is immutable`, { kind: 'terminal', condition });
  }
  if (!same(before, desired)) {
    cluster.objects.update(desired, manager);
    record(object, 'Normal', 'Updated', 'secret updated');
  }
  return { ...synced, binding: spec.targetName };
};

/** Secrets that this ExternalSecret owned under another target name. */
const removeFormerTargets = (
  cluster: Cluster,
  record: Recorder,
  object: KubeObject,
  spec: ExternalSecretSpec,
): void => {
  const { namespace = '', name } = object.metadata;
  const mark = ownerHash(namespace, name);
  for (const { metadata } of cluster.objects.list({ group: '', kind: 'Secret', namespace })) {
    if (metadata.labels?.[ownerLabel] !== mark || metadata.name === spec.targetName) continue;
    cluster.objects.remove({ group: '', kind: 'Secret', namespace, name: metadata.name });
    record(object, 'Normal', 'Deleted', 'secret deleted because it was orphaned');
  }
};

const writeStatus = (cluster: Cluster, object: KubeObject, status: JsonMap): KubeObject =>
  same(object['status'], status) ? object : cluster.objects.updateStatus({ ...object, status }, operatorManager);
