import { z } from 'zod';
import type { KubeObject } from '../../engine/ports.ts';
import type { Settled } from '../../engine/resource.ts';
import type { EsoClient } from './client.ts';
import { type Condition, readyCondition } from './conditions.ts';
import { eventsAbout, newestMessage, type SeenEvent } from './events.ts';
import { wireSpecOf } from './external-secret-wire.ts';
import { isGenerationSynced, isSynced } from './fence.ts';
import { isFresh } from './freshness.ts';
import { parseGoDuration } from './go-duration.ts';

/**
 * Failures whose events lab quotes, by the condition's message. Events of all others are not shown, because they quote
 * what templates made of the values ("could not update secret": `Invalid value: "…"`); so an event has to have the form
 * that goes with its failure, as an older one may still be the newest. `next` marks those that External Secrets does
 * not try again. Source: markAsFailed in pkg/controllers/externalsecret of v0.20.4.
 */
const quoted: Readonly<Record<string, { readonly event: RegExp; readonly next?: string }>> = {
  'could not get secret data from provider': {
    event: /^(\(combined from similar events\): )?error (processing spec|retrieving secret at )\.data/,
  },
  'target is owned by another ExternalSecret': {
    event: /^unable to mutate secret \S+: secret is owned by another ExternalSecret/,
    next: 'Give one of the two another target.name.',
  },
  'failed to take ownership of target secret': {
    event: /^unable to mutate secret \S+: could not set controller reference on secret/,
    next: 'Another controller made that Secret: choose another target.name, or creationPolicy: Merge.',
  },
  'could not update secret, target is immutable': {
    event: /^unable to update secret \S+: secret is immutable/,
    next: 'Delete the Secret; External Secrets makes it anew.',
  },
};

/** Whether a failure is one that External Secrets does not try again. */
export const isTerminal = (ready: Condition | undefined): boolean =>
  ready?.status === 'False' && quoted[ready.message]?.next !== undefined;

// After a failure that is not tried again, changes of the Secret make External Secrets look again for a second or so.
// A change by lab in that time is no failure yet.
const afterglow = 2000;

/** What is known of an ExternalSecret beside the object itself. */
export interface Sight {
  /** Whether the condition was found after the last write. */
  readonly fresh: boolean;
  /** The message of the event that goes with the condition. */
  readonly cause: string | undefined;
  /** Where the operator runs. */
  readonly namespace: string;
}

/** What there is to see of an ExternalSecret now, and what it comes to. */
export const settleExternalSecret = async (client: EsoClient, object: KubeObject): Promise<Settled> => {
  const ready = readyCondition(object);
  const { event } = (ready?.status === 'False' ? quoted[ready.message] : undefined) ?? {};
  const tells = ({ message }: SeenEvent): boolean => event?.test(message) === true;
  const events = event === undefined ? undefined : await eventsAbout(client.objects, object);
  const fresh = !isTerminal(ready) || (await isFresh(client, object, { tells, notBefore: afterglow }));
  return externalSecretSettled(object, { fresh, cause: newestMessage(events, tells), namespace: client.namespace });
};

/** Whether the Secret holds what this very object asks for: Ready alone may be about the object as it was before. */
export const externalSecretSettled = (object: KubeObject, { fresh, cause, namespace }: Sight): Settled => {
  const ready = readyCondition(object);
  if (ready === undefined) {
    return waiting(`External Secrets in namespace ${namespace} has not looked at it yet`);
  }
  const synced = syncedIn(object);
  if (synced !== undefined && readsOnce(object)) {
    if (isGenerationSynced(object.metadata, synced)) return outcome(ready);
    return {
      state: 'failed',
      because: 'with refresh 0 External Secrets reads the store once, and it ignores this change',
      next: 'Give it a refresh interval, for example 1h.',
    };
  }
  if (ready.status !== 'True') return failure(object, ready, fresh, cause);
  return isSynced(object.metadata, synced) ? outcome(ready) : waiting('External Secrets has not read the change yet');
};

const waiting = (because: string): Settled => ({ state: 'waiting', because });

/** Of a success: "retained", "missing" and "deleted" are successes too, in which the values are not in the Secret. */
const outcome = ({ status, reason, message }: Condition): Settled =>
  status === 'True' && reason === 'SecretSynced' && !message.includes('retained')
    ? { state: 'done' }
    : waiting(message);

const failure = (object: KubeObject, { message }: Condition, fresh: boolean, cause: string | undefined): Settled => {
  const known = quoted[message];
  if (known === undefined) {
    const { name, namespace = '' } = object.metadata;
    return waiting(`${message}; the cause may quote values: kubectl describe externalsecret -n ${namespace} ${name}`);
  }
  if (known.next === undefined) return waiting(`${readsWhat(object)}: ${cause ?? message}`);
  if (!fresh) return waiting('External Secrets has not looked at the change yet');
  return { state: 'failed', because: cause === undefined ? message : `${message}: ${cause}`, next: known.next };
};

const readsWhat = (object: KubeObject): string => {
  const { secretStoreRef: store, data = [] } = wireSpecOf(object);
  const keys = [...new Set(data.map(({ remoteRef: { key, property } }) => (property ? `${key}#${property}` : key)))];
  const named = keys.length > 3 ? `${keys.slice(0, 3).join(', ')} and ${keys.length - 3} more` : keys.join(', ');
  return `cannot read ${named} from ${store?.kind || 'SecretStore'} ${store?.name ?? ''}`;
};

const statusSchema = z.object({ syncedResourceVersion: z.string().min(1) });

const syncedIn = (object: KubeObject): string | undefined =>
  statusSchema.safeParse(object['status']).data?.syncedResourceVersion;

/** Whether External Secrets never looks at the store again. */
export const readsOnce = (object: KubeObject): boolean => {
  const { refreshPolicy, refreshInterval = '' } = wireSpecOf(object);
  return refreshPolicy === 'CreatedOnce' || (refreshPolicy !== 'OnChange' && parseGoDuration(refreshInterval) === 0);
};
