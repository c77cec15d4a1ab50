import { z } from 'zod';
import type { KubeObject } from '../../engine/ports.ts';
import type { Settled } from '../../engine/resource.ts';
import type { EsoClient } from './client.ts';
import { type Condition, readyCondition } from './conditions.ts';
import { eventsAbout, newestMessage } from './events.ts';
import { wireSpecOf } from './external-secret-wire.ts';
import { isGenerationSynced, isSynced } from './fence.ts';
import { isFresh } from './freshness.ts';
import { parseGoDuration } from './go-duration.ts';

/** A failure that External Secrets does not try again: what its event says then, and what to do. */
interface Terminal {
  readonly event: string;
  readonly next: string;
}

const terminal: Readonly<Record<string, Terminal>> = {
  'target is owned by another ExternalSecret': {
    event: 'secret is owned by another ExternalSecret',
    next: 'Give one of the two another target.name.',
  },
  'failed to take ownership of target secret': {
    event: 'could not set controller reference on secret',
    next: 'Another controller made that Secret: choose another target.name, or creationPolicy: Merge.',
  },
  'could not update secret, target is immutable': {
    event: 'secret is immutable',
    next: 'Delete the Secret; External Secrets makes it anew.',
  },
};

// Events of other failures ("could not update secret") quote what templates made of the values, so they are not shown.
const noData = 'could not get secret data from provider';

/** Whether a failure is one that External Secrets does not try again. */
export const isTerminal = (ready: Condition | undefined): boolean =>
  ready?.status === 'False' && terminal[ready.message] !== undefined;

// After a failure that is not tried again, changes of the Secret make External Secrets look again for a second or so.
// A change by lab in that time is no failure yet.
const afterglow = 2000;

/** What is known of an ExternalSecret beside the object itself. */
export interface Sight {
  /** Whether the condition was found after the last write. */
  readonly fresh: boolean;
  /** The newest event's message about a failure. */
  readonly cause: string | undefined;
  /** Where the operator runs. */
  readonly namespace: string;
}

/** What there is to see of an ExternalSecret now, and what it comes to. */
export const settleExternalSecret = async (client: EsoClient, object: KubeObject): Promise<Settled> => {
  const ready = readyCondition(object);
  const failing = ready?.status === 'False';
  const events = failing ? await eventsAbout(client.objects, object) : undefined;
  const expected = failing ? terminal[ready.message]?.event : undefined;
  const fresh =
    expected === undefined ||
    (await isFresh(client, object, { tells: ({ message }) => message.includes(expected), notBefore: afterglow }));
  return externalSecretSettled(object, {
    fresh,
    cause: newestMessage(events, 'UpdateFailed'),
    namespace: client.namespace,
  });
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

const failure = (object: KubeObject, ready: Condition, fresh: boolean, cause: string | undefined): Settled => {
  const { next } = terminal[ready.message] ?? {};
  if (next !== undefined && !fresh) return waiting('External Secrets has not looked at the change yet');
  if (next !== undefined)
    return { state: 'failed', because: cause === undefined ? ready.message : `${ready.message}: ${cause}`, next };
  if (ready.message === noData) return waiting(`${readsWhat(object)}: ${cause ?? ready.message}`);
  const { name, namespace = '' } = object.metadata;
  return waiting(
    `${ready.message}; the cause may quote values: kubectl describe externalsecret -n ${namespace} ${name}`,
  );
};

const readsWhat = (object: KubeObject): string => {
  const { secretStoreRef: store, data = [] } = wireSpecOf(object);
  const keys = [...new Set(data.map(({ remoteRef }) => remoteRef.key))];
  const named = keys.length > 3 ? `${keys.slice(0, 3).join(', ')} and ${keys.length - 3} more` : keys.join(', ');
  return `cannot read ${named} from ${store?.kind || 'SecretStore'} ${store?.name ?? ''}`;
};

const statusSchema = z.object({ syncedResourceVersion: z.string().min(1) });

const syncedIn = (object: KubeObject): string | undefined =>
  statusSchema.safeParse(object['status']).data?.syncedResourceVersion;

const readsOnce = (object: KubeObject): boolean => {
  const { refreshPolicy, refreshInterval = '' } = wireSpecOf(object);
  return refreshPolicy === 'CreatedOnce' || (refreshPolicy !== 'OnChange' && parseGoDuration(refreshInterval) === 0);
};
