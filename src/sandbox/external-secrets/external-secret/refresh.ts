import { membersOf, textOf } from '../../kubernetes/json.ts';
import type { KubeObject } from '../../kubernetes/object.ts';
import { dataHash, fenceOf } from '../hashes.ts';
import { hashAnnotation, managedLabel } from '../names.ts';
import { dataOf } from '../readers/references.ts';
import type { ExternalSecretSpec } from '../spec.ts';

/** Whether the store is to be asked again, by the refresh policy, what changed and the time that went by. */
export const isDue = (object: KubeObject, spec: ExternalSecretSpec): boolean => {
  const status = membersOf(object['status']);
  const synced = textOf(status['syncedResourceVersion']) ?? '';
  const refreshed = textOf(status['refreshTime']) ?? '';
  const isMoved = synced !== fenceOf(object.metadata);
  switch (spec.refreshPolicy) {
    case 'CreatedOnce':
      return synced === '' || refreshed === '';
    case 'OnChange':
      return synced === '' || refreshed === '' || isMoved;
    default: {
      if (spec.refreshInterval <= 0 && synced !== '') return false;
      const age = Date.now() - Date.parse(refreshed);
      return isMoved || refreshed === '' || age < 0 || age > spec.refreshInterval * 1000;
    }
  }
};

/** Whether the target is as it was written: there, marked, and with the data that its hash says. */
export const isIntact = (secret: KubeObject | undefined, { creationPolicy }: ExternalSecretSpec): boolean => {
  if (creationPolicy === 'Orphan') return true;
  if (secret === undefined) return false;
  const { labels, annotations } = secret.metadata;
  return labels?.[managedLabel] === 'true' && annotations?.[hashAnnotation] === dataHash(dataOf(secret));
};

/** Seconds until the next refresh is due; undefined if none ever is. */
export const dueIn = (object: KubeObject, { refreshInterval }: ExternalSecretSpec): number | undefined => {
  if (refreshInterval <= 0) return undefined;
  const refreshed = Date.parse(textOf(membersOf(object['status'])['refreshTime']) ?? '');
  if (Number.isNaN(refreshed)) return refreshInterval;
  // A refresh time is cut to the second, and due means later than it.
  return Math.max(0, refreshInterval - (Date.now() - refreshed) / 1000) + 0.01;
};
